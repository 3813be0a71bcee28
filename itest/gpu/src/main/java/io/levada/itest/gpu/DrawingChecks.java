/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.Event;
import io.levada.api.media.Point;
import io.levada.api.media.Region;
import io.levada.api.media.TimeBase;
import io.levada.filter.overlay.OverlayFilter;
import io.levada.gpu.GpuOverlay;
import io.levada.gpu.GpuScale;
import io.levada.gpu.GpuUpload;
import io.levada.itest.gpu.Player.Picture;
import io.levada.itest.gpu.Player.Step;
import io.levada.testkit.Stamps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Does gpu.overlay draw as filter.overlay does, and gpu.scale cut out and colour as it is told? */
final class DrawingChecks {

    private static final int FRAMES = 5;

    private final Report report;
    private final Path hd;
    private final Path tenBits;

    DrawingChecks(Report report, Map<String, Path> material) {
        this.report = report;
        this.hd = material.get("H.264 1080p BT.709");
        this.tenBits = material.get("H.265 10 bit");
    }

    void run() {
        report.check("gpu.overlay draws as filter.overlay does: nv12", () -> drawn(hd));
        report.check("gpu.overlay draws as filter.overlay does: p010le", () -> drawn(tenBits));
        for (var pixels : List.of("yuv420p", "yuv444p", "gray", "rgb24", "bgr24")) {
            report.check("gpu.overlay draws as filter.overlay does: " + pixels, () -> drawn(pixels));
        }
        report.check("gpu.overlay passes on what there is nothing to draw on", this::untouched);
        report.check("gpu.scale cuts out a part", this::cut);
        report.check("gpu.scale brings 10 bits to 8 and back", this::bits);
        report.check("gpu.scale converts between BT.709 and BT.601, limited and full range", this::recoloured);
        report.check("gpu.scale makes YUV of RGB", this::ofRgb);
        report.check("gpu.scale pads with the brightness that is asked for", this::padded);
    }

    /** Boxes at the edges and beyond, with long labels and short ones; a zone and a line. */
    private static Event found() {
        return Event.about(Stamps.at(TimeBase.NANOS, 0))
                .region(new Region("car", 0.93, 0.1, 0.2, 0.3, 0.4))
                .region(new Region("person with a dog ~!", 0.5, 0.123, 0.234, 0.345, 0.456).tracked(7))
                .region(new Region("edge", 0.2, -0.1, 0.9, 0.3, 0.3))
                .region(new Region("corner", 0.1, 0.95, 0, 0.2, 0.1))
                .region(new Region("all", 0.3, 0, 0, 1, 1))
                .region(Region.outlined(
                        "zone",
                        1,
                        List.of(new Point(0.2, 0.3), new Point(0.83, 0.41), new Point(0.7, 0.9), new Point(0.1, 0.7))))
                .region(Region.outlined("line", 1, List.of(new Point(0.01, 0.99), new Point(0.99, 0.02))))
                .build();
    }

    private static final String[] LOOK = {"hold", "1000 s", "clock", "true", "zone", "UTC", "color", "#30A0F0"};

    private static Step onHost() {
        return Step.of(new OverlayFilter(), LOOK).with(found());
    }

    private static Step onDevice() {
        return Step.of(new GpuOverlay(), LOOK).with(found());
    }

    private static String drawn(Path clip) {
        var plain = Player.pictures(clip, FRAMES, PixelChecks.software());
        var wanted = Player.pictures(clip, FRAMES, PixelChecks.software(), onHost());
        var is = Player.pictures(clip, FRAMES, PixelChecks.nvdec(), onDevice(), Player.download());
        return same(plain, wanted, is);
    }

    private String drawn(String pixels) {
        var plain = Player.pictures(
                hd,
                FRAMES,
                PixelChecks.software(),
                Step.of(new GpuUpload()),
                Step.of(new GpuScale(), "format", pixels),
                Player.download());
        var wanted = Player.pictures(
                hd,
                FRAMES,
                PixelChecks.software(),
                Step.of(new GpuUpload()),
                Step.of(new GpuScale(), "format", pixels),
                Player.download(),
                onHost());
        var is = Player.pictures(
                hd,
                FRAMES,
                PixelChecks.software(),
                Step.of(new GpuUpload()),
                Step.of(new GpuScale(), "format", pixels),
                onDevice(),
                Player.download());
        return same(plain, wanted, is);
    }

    private static String same(List<Picture> plain, List<Picture> wanted, List<Picture> is) {
        PixelChecks.equal(FRAMES, wanted.size(), "frames of filter.overlay");
        PixelChecks.equal(FRAMES, is.size(), "frames");
        for (int i = 0; i < is.size(); i++) {
            if (difference(plain.get(i), wanted.get(i)) == 0) {
                throw new AssertionError("nothing was drawn");
            }
            PixelChecks.equal(0, difference(wanted.get(i), is.get(i)), "difference of frame " + i);
        }
        return is.size() + " frames, " + is.get(0).frame().format() + ", no difference";
    }

    /** Decoders put the same values out in other layouts. */
    private static int difference(Picture wanted, Picture is) {
        boolean alike =
                wanted.frame().format().pixelFormat().equals(is.frame().format().pixelFormat());
        return alike ? Arrays.deepEquals(wanted.planes(), is.planes()) ? 0 : 1 : PixelChecks.difference(wanted, is);
    }

    private String untouched() {
        var frames = Player.pictures(hd, FRAMES, PixelChecks.nvdec(), Step.of(new GpuOverlay()), Player.download());
        var plain = Player.pictures(hd, FRAMES, PixelChecks.nvdec(), Player.download());
        PixelChecks.equal(plain.size(), frames.size(), "frames");
        for (int i = 0; i < plain.size(); i++) {
            PixelChecks.equal(0, difference(plain.get(i), frames.get(i)), "difference of frame " + i);
        }
        return "";
    }

    private String cut() {
        var whole = Player.pictures(hd, FRAMES, PixelChecks.nvdec(), Player.download());
        var part = scaled(hd, "crop", "0.25 0.1 0.5 0.3"); // 480 108 960 324
        for (int i = 0; i < whole.size(); i++) {
            var picture = part.get(i).frame();
            PixelChecks.equal(960, picture.width(), "columns");
            PixelChecks.equal(324, picture.height(), "rows");
            for (int component = 0; component < 3; component++) {
                int shift = component == 0 ? 0 : 1;
                for (int y = 0; y < 324 >> shift; y++) {
                    for (int x = 0; x < 960 >> shift; x++) {
                        int from = (y + (108 >> shift)) * (1920 >> shift) + x + (480 >> shift);
                        PixelChecks.equal(
                                PixelChecks.value(whole.get(i), component, from),
                                PixelChecks.value(part.get(i), component, y * (960 >> shift) + x),
                                "component " + component + " at " + x + ", " + y);
                    }
                }
            }
        }
        return whole.size() + " frames";
    }

    private static List<Picture> scaled(Path clip, String... parameters) {
        return Player.pictures(
                clip, FRAMES, PixelChecks.nvdec(), Step.of(new GpuScale(), parameters), Player.download());
    }

    private String bits() {
        var ten = Player.pictures(tenBits, FRAMES, PixelChecks.nvdec(), Player.download());
        var eight = scaled(tenBits, "format", "nv12");
        var back = Player.pictures(
                tenBits,
                FRAMES,
                PixelChecks.nvdec(),
                Step.of(new GpuScale(), "format", "nv12"),
                Step.of(new GpuScale(), "format", "p010le"),
                Player.download());
        var format = ten.get(0).frame().format();
        for (int i = 0; i < ten.size(); i++) {
            for (int component = 0; component < 3; component++) {
                int values = format.width() * format.height() / (component == 0 ? 1 : 4);
                for (int at = 0; at < values; at++) {
                    int fine = PixelChecks.value(ten.get(i), component, at);
                    int coarse = PixelChecks.value(eight.get(i), component, at);
                    PixelChecks.equal(Math.min(255, (fine + 2) / 4), coarse, "of " + fine);
                    PixelChecks.equal(4L * coarse, PixelChecks.value(back.get(i), component, at), "of " + coarse);
                }
            }
        }
        return ten.size() + " frames";
    }

    private String recoloured() {
        var source = Player.pictures(hd, 2, PixelChecks.nvdec(), Player.download());
        double worst = 0;
        for (var target : new String[][] {{"bt601", "limited"}, {"bt601", "full"}, {"bt709", "full"}}) {
            var result = Player.pictures(
                    hd,
                    2,
                    PixelChecks.nvdec(),
                    Step.of(new GpuScale(), "format", "yuv444p", "matrix", target[0], "range", target[1]),
                    Player.download());
            for (int i = 0; i < result.size(); i++) {
                var reference = new Reference(source.get(i), 1920, 1080, true, false);
                worst = Math.max(
                        worst,
                        difference(reference, result.get(i), target[0].equals("bt601"), target[1].equals("full")));
            }
        }
        return "largest difference %.3f of 255, rounding included".formatted(worst);
    }

    private String ofRgb() {
        var source = scaled(hd, "format", "rgb24");
        var result = Player.pictures(
                hd,
                FRAMES,
                PixelChecks.nvdec(),
                Step.of(new GpuScale(), "format", "rgb24"),
                Step.of(new GpuScale(), "format", "yuv444p", "matrix", "bt709", "range", "limited"),
                Player.download());
        double worst = 0;
        byte[] rgb = source.get(0).planes()[0];
        for (int at = 0; at < 1920 * 1080; at++) {
            double[] colours = {rgb[3 * at] & 0xff, rgb[3 * at + 1] & 0xff, rgb[3 * at + 2] & 0xff};
            worst = Math.max(worst, difference(colours, result.get(0), at, false, false));
        }
        return "largest difference %.3f of 255, rounding included".formatted(worst);
    }

    /** Of all pixels whose colour is none that was cut off. */
    private static double difference(Reference reference, Picture is, boolean bt601, boolean full) {
        double worst = 0;
        for (int y = 0; y < 1080; y++) {
            for (int x = 0; x < 1920; x++) {
                double[] colours = reference.colours(x, y);
                if (Math.min(colours[0], Math.min(colours[1], colours[2])) > 0
                        && Math.max(colours[0], Math.max(colours[1], colours[2])) < 255) {
                    worst = Math.max(worst, difference(colours, is, y * 1920 + x, bt601, full));
                }
            }
        }
        return worst;
    }

    /** ITU-R BT.601 and BT.709, in their own words. */
    private static double difference(double[] rgb, Picture is, int at, boolean bt601, boolean full) {
        double kr = bt601 ? 0.299 : 0.2126;
        double kb = bt601 ? 0.114 : 0.0722;
        double luma = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2];
        double swing = full ? 1 : 224.0 / 255;
        double[] wanted = {
            full ? luma : 16 + luma * 219 / 255,
            128 + (rgb[2] - luma) / (2 * (1 - kb)) * swing,
            128 + (rgb[0] - luma) / (2 * (1 - kr)) * swing
        };
        double worst = 0;
        for (int component = 0; component < 3; component++) {
            worst = Math.max(worst, Math.abs(wanted[component] - PixelChecks.value(is, component, at)));
        }
        if (worst > 0.51) {
            throw new AssertionError("a value differs by " + worst);
        }
        return worst;
    }

    private String padded() {
        String[] box = {"width", "1080", "height", "1080", "fit", "letterbox", "pad", "0"};
        var yuv = scaled(hd, box).get(0);
        PixelChecks.equal(16, PixelChecks.value(yuv, 0, 540), "black, limited range");
        PixelChecks.equal(128, PixelChecks.value(yuv, 1, 270), "no colour");
        var withFormat = new ArrayList<>(List.of(box));
        withFormat.addAll(List.of("format", "rgb24"));
        var rgb = scaled(hd, withFormat.toArray(String[]::new)).get(0);
        PixelChecks.equal(0, rgb.planes()[0][3 * 540 + 1] & 0xff, "black");
        return "";
    }
}
