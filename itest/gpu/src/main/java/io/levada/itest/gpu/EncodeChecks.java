/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.stage.StageException;
import io.levada.decoder.cuda.CudaDecoder;
import io.levada.decoder.ffmpeg.FFmpegDecoder;
import io.levada.encoder.nvenc.NvencCopy;
import io.levada.encoder.nvenc.NvencEncoder;
import io.levada.gpu.GpuScale;
import io.levada.itest.gpu.Player.Picture;
import io.levada.itest.gpu.Player.Step;
import java.util.Arrays;
import java.util.List;

/** Encoding on the GPU, as far as the card has an encoder. */
final class EncodeChecks {

    private static final int FRAMES = 40;

    private final Report report;
    private final Clips clips;

    EncodeChecks(Report report, Clips clips) {
        this.report = report;
        this.clips = clips;
    }

    void run() {
        report.section("Encoding");
        report.check("pictures get to the encoder as they are", this::copied);
        for (var codec : List.of("h264", "hevc", "av1")) {
            report.check("NVENC encodes " + codec, () -> encoded(codec));
        }
    }

    private static Step nvdec() {
        return Step.of(new CudaDecoder());
    }

    private static Step scale() {
        return Step.of(new GpuScale(), "width", "318", "height", "178");
    }

    private String copied() {
        var decoded = same(
                Player.pictures(clips.original(), FRAMES, nvdec(), Player.download()),
                Player.pictures(clips.original(), FRAMES, nvdec(), Step.of(new NvencCopy())));
        var scaled = same(
                Player.pictures(clips.original(), FRAMES, nvdec(), scale(), Player.download()),
                Player.pictures(clips.original(), FRAMES, nvdec(), scale(), Step.of(new NvencCopy())));
        return decoded + " as decoded, " + scaled + " scaled";
    }

    private static int same(List<Picture> downloaded, List<Picture> copied) {
        if (downloaded.isEmpty() || downloaded.size() != copied.size()) {
            throw new AssertionError(downloaded.size() + " pictures, " + copied.size() + " copies");
        }
        for (int i = 0; i < downloaded.size(); i++) {
            if (!Arrays.deepEquals(downloaded.get(i).planes(), copied.get(i).planes())) {
                throw new AssertionError("picture " + i + " differs");
            }
        }
        return downloaded.size();
    }

    private String encoded(String codec) throws Exception {
        List<Picture> seen;
        try {
            seen = Player.pictures(
                    clips.original(),
                    FRAMES,
                    nvdec(),
                    Step.of(new NvencEncoder(), "codec", codec, "bitrate", "8M"),
                    Step.of(new FFmpegDecoder()));
        } catch (Exception e) {
            if (e instanceof StageException && e.getMessage().startsWith("no NVENC ")) {
                throw new Report.NotHere(e.getMessage());
            }
            throw e;
        }
        var original = Player.pictures(clips.original(), FRAMES, Step.of(new FFmpegDecoder()));
        if (seen.size() != original.size()) {
            throw new AssertionError(original.size() + " pictures became " + seen.size());
        }
        double worst = Double.POSITIVE_INFINITY;
        for (int i = 0; i < seen.size(); i++) {
            worst = Math.min(
                    worst, psnr(original.get(i).planes()[0], seen.get(i).planes()[0]));
        }
        if (worst < 30) {
            throw new AssertionError("a picture's luma has a PSNR of " + worst + " dB");
        }
        return seen.size() + " pictures, the luma of the worst %.1f dB".formatted(worst);
    }

    private static double psnr(byte[] one, byte[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            int difference = (one[i] & 0xFF) - (other[i] & 0xFF);
            sum += difference * difference;
        }
        return 10 * Math.log10(255.0 * 255 * one.length / Math.max(1, sum));
    }
}
