/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import static io.levada.itest.gpu.node.NodeView.CLIP;
import static io.levada.itest.gpu.node.NodeView.end;

/** What a pipeline on the card is changed to, again and again: other parameters, stages that come and go, decoders, too. */
final class Variants {

    static final int COUNT = 10;

    private final Stages stages;
    private final String detector;

    /** @param inference whether models run on the card */
    Variants(Stages stages, boolean inference) {
        this.stages = stages;
        this.detector = inference
                ? "detect.type = analyzer.onnx\ndetect.from = tensor\ndetect.model = examples/models/shapes.onnx\n"
                : "";
    }

    /** The text of a pipeline's file; number 0 is what it is most of the time. */
    String text(int variant) {
        return switch (variant) {
            case 1 -> decoded()
                    + stages.scale("small", "decode", 480, 270)
                    + tensor()
                    + kernel(1)
                    + end("tensor, user");
            case 2 -> decoded() + small() + stages.tensor("tensor", "small", "u8", 4) + kernel(1) + end("tensor, user");
            case 3 -> decoded() + small() + tensor() + detector + end("tensor");
            case 4 -> decoded()
                    + small()
                    + tensor()
                    + detector
                    + kernel(1)
                    + decoder("more")
                    + stages.scale("other", "more", 320, 180)
                    + end("tensor, user, other");
            case 5 -> decoded() + small() + tensor() + detector + kernel(2) + end("tensor, user");
            case 6 -> decoded() + small() + kernel(1) + end("small, user");
            case 7 -> CLIP
                    + "decode.type = decoder\ndecode.from = cam:video\ndecode.prefer = decoder.ffmpeg\n"
                    + small()
                    + tensor()
                    + kernel(1)
                    + end("tensor, user");
            case 8 -> decoded()
                    + small()
                    + tensor()
                    + kernel(1)
                    + "motion.type = analyzer.motion\nmotion.from = small\n"
                    + end("tensor, user, motion");
            case 9 -> CLIP + decoder("decode") + end("decode");
            default -> decoded() + small() + tensor() + detector + kernel(1) + end("tensor, user");
        };
    }

    private String decoded() {
        return CLIP + decoder("decode");
    }

    private String decoder(String name) {
        return "%1$s.type = %2$s\n%1$s.from = cam:video\n".formatted(name, stages.decoder());
    }

    private String small() {
        return stages.scale("small", "decode", 640, 360);
    }

    private String tensor() {
        return stages.tensor("tensor", "small", "f32", 1);
    }

    private String kernel(int value) {
        return stages.kernel("user", "decode", value);
    }
}
