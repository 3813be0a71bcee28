/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import java.util.List;

/** How a pipeline says what is done on the card; or by software, to rehearse on a machine without one. */
enum Stages {
    GPU(List.of("io.levada.decoder.cuda", "io.levada.gpu")) {
        @Override
        String decoder() {
            return "decoder.cuda";
        }

        @Override
        String scale(String name, String from, int width, int height) {
            return "%1$s.type = gpu.scale\n%1$s.from = %2$s\n%1$s.width = %3$d\n%1$s.height = %4$d\n"
                    .formatted(name, from, width, height);
        }

        @Override
        String tensor(String name, String from, String dtype, int batch) {
            return Stages.tensor("gpu.tensor", name, from, dtype, batch);
        }

        @Override
        String kernel(String name, String from, int value) {
            return Stages.kernel(name, from, "f.out.plane[0][0] = " + value + ";");
        }
    },

    SOFTWARE(List.of("io.levada.decoder.ffmpeg", "io.levada.tensor")) {
        @Override
        String decoder() {
            return "decoder.ffmpeg";
        }

        @Override
        String scale(String name, String from, int width, int height) {
            return Stages.filter(name, from, "scale=%d:%d".formatted(width, height));
        }

        @Override
        String tensor(String name, String from, String dtype, int batch) {
            return Stages.tensor("cpu.tensor", name, from, dtype, batch);
        }

        @Override
        String kernel(String name, String from, int value) {
            return Stages.filter(name, from, "hue=h=" + value);
        }
    };

    private final List<String> bundles;

    Stages(List<String> bundles) {
        this.bundles = bundles;
    }

    /** Those that provide what is named here. */
    List<String> bundles() {
        return bundles;
    }

    abstract String decoder();

    abstract String scale(String name, String from, int width, int height);

    abstract String tensor(String name, String from, String dtype, int batch);

    /** A kernel of the user's own, with a number in it. */
    abstract String kernel(String name, String from, int value);

    /** A kernel of the user's own, of one line. */
    static String kernel(String name, String from, String line) {
        return "%1$s.type = gpu.kernel\n%1$s.from = %2$s\n".formatted(name, from) + name
                + ".code = extern \"C\" __global__ void process(const Frame f) { " + line + " }\n";
    }

    private static String tensor(String type, String name, String from, String dtype, int batch) {
        return "%1$s.type = %2$s\n%1$s.from = %3$s\n%1$s.dtype = %4$s\n%1$s.batch = %5$d\n%1$s.width = 320\n%1$s.height = 320\n"
                .formatted(name, type, from, dtype, batch);
    }

    private static String filter(String name, String from, String filters) {
        return "%1$s.type = filter.ffmpeg\n%1$s.from = %2$s\n%1$s.filters = %3$s\n".formatted(name, from, filters);
    }
}
