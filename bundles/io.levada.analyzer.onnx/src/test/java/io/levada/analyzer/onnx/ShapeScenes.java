/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.testkit.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Pictures of circles, squares and triangles on uneven, noisy backgrounds, drawn without anything that training used: what the
 * model has never seen. The same for the same seed.
 */
final class ShapeScenes {

    /** What is in a picture: corners of a tight box, in pixels. */
    record Truth(String kind, double left, double top, double right, double bottom) {}

    private record Shape(String kind, double x, double y, double radius, double angle, int rgb) {

        /** How far inside a pixel's centre lies; negative outside. */
        double inside(double px, double py) {
            double dx = px - x;
            double dy = py - y;
            double along = dx * Math.cos(angle) + dy * Math.sin(angle);
            double across = dy * Math.cos(angle) - dx * Math.sin(angle);
            return switch (kind) {
                case "circle" -> radius - Math.hypot(dx, dy);
                case "square" -> (radius - Math.abs(along) - Math.abs(across)) * Math.sqrt(0.5);
                default -> radius / 2 - Math.max(-along, along / 2 + Math.abs(across) * Math.sqrt(0.75));
            };
        }

        Truth truth() {
            int corners = kind.equals("square") ? 4 : 3;
            double left = x;
            double top = y;
            double right = x;
            double bottom = y;
            for (int i = 0; i < corners; i++) {
                double at = angle + 2 * Math.PI * i / corners;
                left = Math.min(left, x + radius * Math.cos(at));
                right = Math.max(right, x + radius * Math.cos(at));
                top = Math.min(top, y + radius * Math.sin(at));
                bottom = Math.max(bottom, y + radius * Math.sin(at));
            }
            return kind.equals("circle")
                    ? new Truth(kind, x - radius, y - radius, x + radius, y + radius)
                    : new Truth(kind, left, top, right, bottom);
        }
    }

    private static final List<String> KINDS = List.of("circle", "square", "triangle");

    private final int width;
    private final int height;
    private final SplittableRandom random;
    private final List<Shape> shapes = new ArrayList<>();
    private int[] waves;
    private int ground;
    private long noise;

    ShapeScenes(int width, int height, long seed) {
        this.width = width;
        this.height = height;
        this.random = new SplittableRandom(seed);
    }

    /** Draws up another scene. */
    List<Truth> next() {
        shapes.clear();
        ground = colour();
        waves = random.ints(6, 3, 40).toArray();
        noise = random.nextLong();
        double unit = Math.min(width, height) / 320.0;
        int count = random.nextInt(1, 6);
        for (int attempt = 0; attempt < 50 && shapes.size() < count; attempt++) {
            double radius = unit * random.nextDouble(14, 60);
            double x = random.nextDouble(radius + 2, width - radius - 2);
            double y = random.nextDouble(radius + 2, height - radius - 2);
            boolean free = shapes.stream().allMatch(s -> Math.hypot(s.x - x, s.y - y) > s.radius + radius + 2);
            if (free) {
                shapes.add(new Shape(
                        KINDS.get(random.nextInt(3)), x, y, radius, random.nextDouble(2 * Math.PI), contrasting()));
            }
        }
        return shapes.stream().map(Shape::truth).toList();
    }

    private int colour() {
        return random.nextInt(1 << 24);
    }

    private int contrasting() {
        int rgb = colour();
        while (distance(rgb, ground) < 110) {
            rgb = colour();
        }
        return rgb;
    }

    private static int distance(int a, int b) {
        int most = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            most = Math.max(most, Math.abs((a >> shift & 0xff) - (b >> shift & 0xff)));
        }
        return most;
    }

    /** The scene as it is now. */
    Picture picture() {
        return (x, y) -> {
            double wave = 12 * Math.sin((x + waves[0]) / (double) waves[1] / 3)
                    + 12 * Math.sin((y + waves[2]) / (double) waves[3] / 3);
            double speck = (mix(noise + 31L * y * width + x) & 15) - 7.5;
            int rgb = ground;
            double cover = 0;
            for (var shape : shapes) {
                double inside = shape.inside(x + 0.5, y + 0.5);
                if (inside > -0.5) {
                    rgb = shape.rgb;
                    cover = Math.min(1, inside + 0.5);
                }
            }
            int mixed = 0;
            for (int shift = 16; shift >= 0; shift -= 8) {
                double under = (ground >> shift & 0xff) + wave;
                double value = under + cover * ((rgb >> shift & 0xff) - under) + speck;
                mixed = mixed << 8 | (int) Math.max(0, Math.min(255, Math.round(value)));
            }
            return mixed;
        };
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
