/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.stage.StageException;
import io.levada.decoder.cuda.CudaDecoder;
import io.levada.decoder.ffmpeg.FFmpegDecoder;
import io.levada.gpu.GpuFrame;
import io.levada.gpu.GpuKernel;
import io.levada.gpu.GpuScale;
import io.levada.gpu.GpuTensor;
import io.levada.gpu.GpuUpload;
import io.levada.itest.gpu.Player.Picture;
import io.levada.itest.gpu.Player.Step;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Are the pictures and tensors of the GPU what they have to be? */
final class PixelChecks {

    private static final int FRAMES = 40;
    private static final int PICTURES = 10;

    private final Report report;
    private final Clips clips;

    PixelChecks(Report report, Clips clips) {
        this.report = report;
        this.clips = clips;
    }

    void run() throws Exception {
        report.section("Pixels");
        var material = new LinkedHashMap<String, Path>();
        material.put("the real clip (H.264)", clips.original());
        material(
                material,
                "H.264 1080p BT.709",
                "h264-1080.mp4",
                "-vf",
                "scale=1920:1080:out_color_matrix=bt709",
                "-c:v",
                "libx264",
                "-preset",
                "fast",
                "-colorspace",
                "bt709",
                "-color_range",
                "tv");
        material(
                material,
                "H.264 full range",
                "h264-full.mp4",
                "-vf",
                "scale=640:360:out_range=full",
                "-c:v",
                "libx264",
                "-color_range",
                "pc",
                "-pix_fmt",
                "yuvj420p");
        material(material, "H.265", "h265.mp4", "-c:v", "libx265", "-preset", "fast", "-x265-params", "log-level=none");
        material(
                material,
                "H.265 10 bit",
                "h265-10.mp4",
                "-c:v",
                "libx265",
                "-preset",
                "fast",
                "-pix_fmt",
                "yuv420p10le",
                "-x265-params",
                "log-level=none");
        material(
                material,
                "VP9",
                "vp9.mkv",
                "-vf",
                "scale=640:364",
                "-c:v",
                "libvpx-vp9",
                "-b:v",
                "2M",
                "-deadline",
                "realtime",
                "-cpu-used",
                "8");
        material(material, "AV1", "av1.mkv", "-c:v", "libsvtav1", "-preset", "10");
        material(material, "MJPEG", "mjpeg.mkv", "-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p");
        var tensors = new TensorChecks(clips);
        material.forEach((what, clip) -> {
            report.check("NVDEC decodes as software does: " + what, () -> unlessRefused(what, () -> decoded(clip)));
            report.check(
                    "gpu.tensor of it is what the rule says",
                    () -> unlessRefused(what, () -> tensors.asTheRuleSays(clip)));
            report.check(
                    "gpu.tensor of it is what cpu.tensor makes",
                    () -> unlessRefused(what, () -> tensors.asOnTheHost(clip)));
        });
        report.check(
                "pictures of an odd size come to gpu.tensor by software, and are what cpu.tensor makes", tensors::odd);
        report.check("letterbox, crop, layouts and types agree with each other", this::variants);
        report.check("upload and download bring back what went in", this::roundTrip);
        report.check("gpu.scale at the same size changes nothing", this::identity);
        report.check("gpu.frame undoes gpu.tensor", this::undone);
        report.check("gpu.kernel runs the user's text", this::kernel);
        new TypeChecks(report, material.get("H.264 1080p BT.709")).run();
        new DrawingChecks(report, material).run();
    }

    private void material(Map<String, Path> all, String what, String name, String... options) {
        report.check("there is material: " + what, () -> {
            all.put(what, clips.make(name, FRAMES, options));
            return "";
        });
    }

    static Step nvdec() {
        return Step.of(new CudaDecoder());
    }

    static Step software() {
        return Step.of(new FFmpegDecoder());
    }

    /** A card need not decode everything but H.264 and H.265, and has to say so. */
    private static String unlessRefused(String what, Report.Check check) throws Exception {
        try {
            return check.run();
        } catch (Exception e) {
            if (!what.contains("H.26")
                    && e instanceof StageException
                    && e.getMessage().contains(" does not decode this ")) {
                throw new Report.NotHere(e.getMessage());
            }
            throw e;
        }
    }

    private String decoded(Path clip) {
        var gpu = Player.pictures(clip, FRAMES, nvdec(), Player.download());
        var cpu = Player.pictures(clip, FRAMES, software());
        equal(FRAMES, cpu.size(), "frames of software");
        equal(FRAMES, gpu.size(), "frames");
        int worst = 0;
        for (int i = 0; i < cpu.size(); i++) {
            equal(cpu.get(i).frame().pts(), gpu.get(i).frame().pts(), "the time of frame " + i);
            worst = Math.max(worst, difference(cpu.get(i), gpu.get(i)));
        }
        boolean exact = !cpu.get(0).frame().format().pixelFormat().name().startsWith("yuvj422")
                && !clip.toString().contains("mjpeg");
        if (worst > (exact ? 0 : 3)) {
            throw new AssertionError("a value differs by " + worst);
        }
        return cpu.size() + " frames, " + gpu.get(0).frame().format() + ", largest difference " + worst;
    }

    /** Of values on the scale of their bits; the luma and both colour differences. */
    static int difference(Picture cpu, Picture gpu) {
        int worst = 0;
        var format = cpu.frame().format();
        for (int component = 0; component < 3; component++) {
            int columns = format.pixelFormat().rowBytes(component, format.width())
                    / format.pixelFormat().bytesPerPixel();
            int rows = format.pixelFormat().rows(component, format.height());
            for (int i = 0; i < columns * rows; i++) {
                worst = Math.max(worst, Math.abs(value(cpu, component, i) - value(gpu, component, i)));
            }
        }
        return worst;
    }

    /** On the scale of the format's bits. */
    static int value(Picture picture, int component, int index) {
        var pixels = picture.frame().format().pixelFormat();
        int bytes = pixels.bytesPerPixel();
        boolean paired = pixels.planes() == 2 && component > 0;
        byte[] plane = picture.planes()[paired ? 1 : component];
        int at = (paired ? 2 * index + component - 1 : index) * bytes;
        if (bytes == 1) {
            return plane[at] & 0xff;
        }
        int wide = plane[at] & 0xff | (plane[at + 1] & 0xff) << 8;
        return pixels.name().startsWith("p010") ? wide >> 6 : wide;
    }

    private String variants() {
        for (var fit : new String[] {"letterbox", "crop"}) {
            var wide = tensor(fit, "f32", "nchw", "rgb");
            var bytes = tensor(fit, "u8", "nhwc", "bgr");
            var halves = tensor(fit, "f16", "nchw", "rgb");
            for (int y = 0; y < 256; y++) {
                for (int x = 0; x < 200; x++) {
                    for (int channel = 0; channel < 3; channel++) {
                        int planar = (channel * 256 + y) * 200 + x;
                        float value = wide.bytes().asFloatBuffer().get(planar) * 255;
                        int octet = bytes.bytes().get((y * 200 + x) * 3 + 2 - channel) & 0xff;
                        float half = half(halves.bytes().getShort(2 * planar)) * 255;
                        if (Math.abs(value - octet) > 0.51 || Math.abs(value - half) > 0.1) {
                            throw new AssertionError("%s at %d,%d: %f %d %f".formatted(fit, x, y, value, octet, half));
                        }
                    }
                }
            }
            float corner = wide.bytes().asFloatBuffer().get(0) * 255;
            if (fit.equals("letterbox") && Math.abs(corner - 114) > 0.01) {
                throw new AssertionError("the corner is " + corner);
            }
        }
        return "";
    }

    private Player.Elements tensor(String fit, String dtype, String layout, String order) {
        return Player.tensors(
                        clips.original(),
                        4,
                        nvdec(),
                        Step.of(
                                new GpuTensor(),
                                "width",
                                "200",
                                "height",
                                "256",
                                "fit",
                                fit,
                                "dtype",
                                dtype,
                                "layout",
                                layout,
                                "order",
                                order),
                        Player.download())
                .get(0);
    }

    private static float half(short bits) {
        int exponent = bits >>> 10 & 0x1f;
        float fraction = bits & 0x3ff;
        float value = exponent == 0 ? fraction / (1 << 24) : (1 + fraction / 1024) * (float) Math.pow(2, exponent - 15);
        return bits < 0 ? -value : value;
    }

    private String roundTrip() {
        return same(Step.of(new GpuUpload()));
    }

    private String identity() {
        return same(
                Step.of(new GpuUpload()),
                Step.of(new GpuScale(), "format", "nv12"),
                Step.of(new GpuScale(), "format", "yuv420p"));
    }

    private String kernel() {
        var invert =
                """
                extern "C" __global__ void process(const Frame f) {
                    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
                    for (int p = 0; p < f.in.planes; p++) {
                        const int w = p ? f.in.chroma_width : f.in.width, h = p ? f.in.chroma_height : f.in.height;
                        if (x < w && y < h) {
                            f.out.plane[p][y * f.out.stride[p] + x] = 255 - f.in.plane[p][y * f.in.stride[p] + x];
                        }
                    }
                }
                """;
        return same(
                Step.of(new GpuUpload()),
                Step.of(new GpuKernel(), "code", invert),
                Step.of(new GpuKernel(), "code", invert));
    }

    private String same(Step... steps) {
        var chain = new Step[steps.length + 2];
        chain[0] = software();
        System.arraycopy(steps, 0, chain, 1, steps.length);
        chain[chain.length - 1] = Player.download();
        var before = Player.pictures(clips.original(), PICTURES, software());
        var after = Player.pictures(clips.original(), PICTURES, chain);
        equal(PICTURES, before.size(), "frames decoded");
        equal(PICTURES, after.size(), "frames");
        for (int i = 0; i < before.size(); i++) {
            equal(0, difference(before.get(i), after.get(i)), "difference of frame " + i);
        }
        return before.size() + " frames";
    }

    private String undone() {
        var tensors = Step.of(
                new GpuTensor(),
                "width",
                "256",
                "height",
                "144",
                "fit",
                "stretch",
                "batch",
                "3",
                "mean",
                "0.485 0.456 0.406",
                "std",
                "0.229 0.224 0.225",
                "dtype",
                "f32");
        var back = Player.pictures(
                clips.original(),
                7,
                nvdec(),
                tensors,
                Step.of(new GpuFrame(), "mean", "0.485 0.456 0.406", "std", "0.229 0.224 0.225"),
                Player.download());
        var bytes = Player.pictures(
                clips.original(),
                7,
                nvdec(),
                Step.of(new GpuScale(), "width", "256", "height", "144", "format", "rgb24"),
                Player.download());
        equal(7, bytes.size(), "frames");
        equal(7, back.size(), "frames over tensors");
        int worst = 0;
        for (int i = 0; i < back.size(); i++) {
            equal(
                    bytes.get(i).frame().stamp().pts(),
                    back.get(i).frame().stamp().pts(),
                    "time");
            for (int at = 0; at < back.get(i).planes()[0].length; at++) {
                worst = Math.max(
                        worst,
                        Math.abs((back.get(i).planes()[0][at] & 0xff)
                                - (bytes.get(i).planes()[0][at] & 0xff)));
            }
        }
        if (worst > 1) {
            throw new AssertionError("a byte differs by " + worst);
        }
        return back.size() + " frames over batches of 3, largest difference " + worst;
    }

    static void equal(long wanted, long is, String what) {
        if (wanted != is) {
            throw new AssertionError(what + ": " + is + " instead of " + wanted);
        }
    }
}
