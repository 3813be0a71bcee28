/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.gpu.GpuScale;
import io.levada.gpu.GpuTensor;
import io.levada.gpu.GpuUpload;
import io.levada.itest.gpu.Player.Elements;
import io.levada.itest.gpu.Player.Step;
import io.levada.tensor.CpuTensor;
import io.levada.tensor.picture.HalfFloat;
import java.nio.file.Path;
import java.util.List;

/** Are tensors of every type and layout, of pictures of every format, what cpu.tensor makes? */
final class TypeChecks {

    private static final int FRAMES = 2;
    private static final List<String> TYPES = List.of("u8", "f16", "f32");
    private static final List<String> FORMATS =
            List.of("nv12", "p010le", "yuv420p", "yuv444p", "gray", "rgb24", "bgr24");

    private final Report report;
    private final Path clip;

    TypeChecks(Report report, Path clip) {
        this.report = report;
        this.clip = clip;
    }

    void run() {
        for (var dtype : TYPES) {
            report.check("gpu.tensor makes " + dtype + " as cpu.tensor does, in both layouts", () -> types(dtype));
        }
        for (var pixels : FORMATS) {
            report.check("gpu.tensor takes " + pixels + " as cpu.tensor does", () -> formats(pixels));
        }
    }

    /** Rows of a tensor that are written 16 bytes at a time, and fewer, down to one. */
    private String types(String dtype) {
        var seen = new Difference();
        for (var layout : new String[] {"nchw", "nhwc"}) {
            for (int width : new int[] {640, 328, 300, 226, 131}) {
                compare(
                        seen,
                        "nv12",
                        "width",
                        "" + width,
                        "height",
                        "203",
                        "layout",
                        layout,
                        "dtype",
                        dtype,
                        "order",
                        width == 300 ? "bgr" : "rgb",
                        "mean",
                        dtype.equals("u8") ? "0" : "0.485 0.456 0.406",
                        "std",
                        dtype.equals("u8") ? "1" : "0.229 0.224 0.225");
            }
        }
        return seen.toString();
    }

    private String formats(String pixels) {
        var floats = new Difference();
        var bytes = new Difference();
        for (var fit : new String[] {"letterbox", "crop", "stretch"}) {
            for (var size : new String[] {"256", "360"}) { // a third of the picture's rows: each lies on one of those
                compare(floats, pixels, "height", size, "fit", fit, "dtype", "f32");
                compare(bytes, pixels, "height", size, "fit", fit, "dtype", "u8");
            }
        }
        return floats + "; bytes: " + bytes;
    }

    private void compare(Difference seen, String pixels, String... parameters) {
        var cpu = Player.tensors(
                clip,
                FRAMES,
                PixelChecks.software(),
                Step.of(new GpuUpload()),
                Step.of(new GpuScale(), "format", pixels),
                Player.download(),
                Step.of(new CpuTensor(), parameters));
        var gpu = Player.tensors(
                clip,
                FRAMES,
                PixelChecks.software(),
                Step.of(new GpuUpload()),
                Step.of(new GpuScale(), "format", pixels),
                Step.of(new GpuTensor(), parameters),
                Player.download());
        PixelChecks.equal(FRAMES, gpu.size(), "tensors");
        PixelChecks.equal(FRAMES, cpu.size(), "tensors of cpu.tensor");
        for (int i = 0; i < FRAMES; i++) {
            seen.take(cpu.get(i), gpu.get(i));
        }
    }

    /** The largest one, and for bytes how many are another one's neighbour. */
    private static final class Difference {

        private double worst;
        private long elements;
        private long others;

        void take(Elements wanted, Elements is) {
            PixelChecks.equal(wanted.bytes().remaining(), is.bytes().remaining(), "bytes");
            int size = wanted.tensor().format().dtype().bits() / 8;
            for (int at = 0; at < wanted.bytes().remaining(); at += size) {
                double difference = Math.abs(value(wanted, at, size) - value(is, at, size));
                worst = Math.max(worst, difference);
                elements++;
                others += difference > 0 ? 1 : 0;
            }
            // bytes: where a colour lies between two; the others: of values with a deviation of about 0.225
            double most = size == 1 ? 1 : size == 2 ? 0.002 : 0.0001;
            if (!(worst <= most) || size == 1 && others > elements / 1000) {
                throw new AssertionError(this + " of " + wanted.tensor().format());
            }
        }

        private static double value(Elements elements, int at, int size) {
            return switch (size) {
                case 1 -> elements.bytes().get(at) & 0xff;
                case 2 -> HalfFloat.toFloat(elements.bytes().getShort(at));
                default -> elements.bytes().getFloat(at);
            };
        }

        @Override
        public String toString() {
            return "largest difference %.7f, %d of %d differ".formatted(worst, others, elements);
        }
    }
}
