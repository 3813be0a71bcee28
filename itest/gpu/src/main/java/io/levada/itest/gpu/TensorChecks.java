/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.stage.StageException;
import io.levada.gpu.GpuTensor;
import io.levada.gpu.GpuUpload;
import io.levada.itest.gpu.Player.Picture;
import io.levada.itest.gpu.Player.Step;
import io.levada.tensor.CpuTensor;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Are tensors of a clip that is decoded and made on the GPU what they have to be, within 1/255? */
final class TensorChecks {

    private static final int TENSORS = 6;

    private final Clips clips;

    TensorChecks(Clips clips) {
        this.clips = clips;
    }

    /** By the plainest arithmetic. */
    String asTheRuleSays(Path clip) {
        var seen = new StringBuilder();
        for (int[] size : new int[][] {{320, 320}, {227, 131}}) {
            boolean exact = !clip.toString().contains("mjpeg"); // each decoder of JPEG rounds in its own way
            var pictures = exact
                    ? Player.pictures(clip, TENSORS, PixelChecks.software())
                    : Player.pictures(clip, TENSORS, PixelChecks.nvdec(), Player.download());
            var tensors = Player.tensors(
                    clip,
                    TENSORS,
                    PixelChecks.nvdec(),
                    Step.of(new GpuTensor(), "width", "" + size[0], "height", "" + size[1], "fit", "stretch"),
                    Player.download());
            PixelChecks.equal(TENSORS, tensors.size(), "tensors");
            PixelChecks.equal(TENSORS, pictures.size(), "pictures");
            double worst = 0;
            for (int i = 0; i < pictures.size(); i++) {
                worst = Math.max(worst, difference(pictures.get(i), tensors.get(i), size[0], size[1]));
            }
            if (!(worst <= 1.0 / 255)) {
                throw new AssertionError("an element differs by " + worst + " at " + size[0] + "x" + size[1]);
            }
            seen.append("%dx%d: %.5f  ".formatted(size[0], size[1], worst));
        }
        return "largest difference " + seen.toString().strip();
    }

    /** Decoded and made on the GPU, and by software. */
    String asOnTheHost(Path clip) {
        boolean exact = !clip.toString().contains("mjpeg"); // each decoder of JPEG rounds in its own way
        return same(
                clip,
                () -> exact ? List.of(PixelChecks.software()) : List.of(PixelChecks.nvdec(), Player.download()),
                () -> List.of(PixelChecks.nvdec()));
    }

    /** FFmpeg does not bring such pictures whole through NVDEC; gpu.tensor takes them. */
    String odd() throws Exception {
        var clip =
                clips.make("odd.mkv", TENSORS, "-vf", "scale=639:361", "-c:v", "libvpx-vp9", "-deadline", "realtime");
        var seen = same(
                clip,
                () -> List.of(PixelChecks.software()),
                () -> List.of(PixelChecks.software(), Step.of(new GpuUpload())));
        try {
            Player.pictures(clip, TENSORS, PixelChecks.nvdec(), Player.download());
        } catch (Exception e) {
            if (e instanceof StageException && e.getMessage().contains("of an odd size")) {
                return seen + "; decoder.cuda: " + e.getMessage();
            }
            throw e;
        }
        throw new AssertionError("decoder.cuda takes them");
    }

    /**
     * Compares tensors.
     *
     * @param host what comes before cpu.tensor
     * @param device what comes before gpu.tensor
     */
    private static String same(Path clip, Supplier<List<Step>> host, Supplier<List<Step>> device) {
        var seen = new StringBuilder();
        for (var fit : new String[] {"letterbox", "stretch", "crop"}) {
            String[] parameters = {"width", "320", "height", "256", "fit", fit};
            var cpu = Player.tensors(clip, TENSORS, chain(host.get(), Step.of(new CpuTensor(), parameters)));
            var gpu = Player.tensors(
                    clip, TENSORS, chain(device.get(), Step.of(new GpuTensor(), parameters), Player.download()));
            PixelChecks.equal(TENSORS, gpu.size(), "tensors");
            PixelChecks.equal(TENSORS, cpu.size(), "tensors of cpu.tensor");
            double worst = 0;
            for (int i = 0; i < cpu.size(); i++) {
                var wanted = cpu.get(i).bytes().asFloatBuffer();
                var is = gpu.get(i).bytes().asFloatBuffer();
                PixelChecks.equal(wanted.remaining(), is.remaining(), "elements");
                for (int at = 0; at < is.remaining(); at++) {
                    worst = Math.max(worst, Math.abs(is.get(at) - wanted.get(at)));
                }
            }
            if (!(worst <= 1.0 / 255)) {
                throw new AssertionError("an element differs by " + worst + " with fit = " + fit);
            }
            seen.append("%s: %.5f  ".formatted(fit, worst));
        }
        return "largest difference " + seen.toString().strip();
    }

    private static Step[] chain(List<Step> first, Step... behind) {
        return java.util.stream.Stream.concat(first.stream(), java.util.stream.Stream.of(behind))
                .toArray(Step[]::new);
    }

    private static double difference(Picture picture, Player.Elements tensor, int width, int height) {
        var format = picture.frame().format();
        boolean bt709 =
                format.colorSpace().equals("bt709") || format.colorSpace().equals("unknown") && format.height() >= 720;
        boolean full = format.colorRange().equals("pc")
                || format.pixelFormat().name().startsWith("yuvj")
                        && !format.colorRange().equals("tv");
        var reference = new Reference(picture, width, height, bt709, full);
        var floats = tensor.bytes().asFloatBuffer();
        double worst = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double[] wanted = reference.colours(x, y);
                for (int channel = 0; channel < 3; channel++) {
                    float is = floats.get((channel * height + y) * width + x);
                    worst = Math.max(worst, Math.abs(is - wanted[channel] / 255));
                }
            }
        }
        return worst;
    }
}
