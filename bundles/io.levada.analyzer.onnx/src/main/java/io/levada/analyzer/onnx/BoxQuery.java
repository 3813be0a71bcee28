/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import java.nio.ByteBuffer;
import java.util.function.IntPredicate;

/** Which boxes a stage wants of a model's output, for who chooses them where the output is. */
final class BoxQuery {

    private final int output;
    private final float score;
    private final float overlap;
    private final int most;
    private final IntPredicate wanted;
    private volatile int[] bits = new int[0];

    /**
     * @param output its number
     * @param wanted which classes
     */
    BoxQuery(int output, Settings settings, IntPredicate wanted) {
        this.output = output;
        this.score = settings.score();
        this.overlap = settings.overlap();
        this.most = settings.most();
        this.wanted = wanted;
    }

    int output() {
        return output;
    }

    int most() {
        return most;
    }

    /** A {@code Query} as in boxes.cu. */
    void put(ByteBuffer struct) {
        struct.putFloat(score).putFloat(overlap).putInt(most).putInt(0);
    }

    static int words(int classes) {
        return (classes + 31) / 32;
    }

    /** A bit for each class, from the lowest of the first word on. */
    void putWanted(ByteBuffer words, int classes) {
        if (bits.length != words(classes)) {
            bits = bits(classes);
        }
        for (int word : bits) {
            words.putInt(word);
        }
    }

    private int[] bits(int classes) {
        int[] made = new int[words(classes)];
        for (int kind = 0; kind < classes; kind++) {
            made[kind / 32] |= wanted.test(kind) ? 1 << kind % 32 : 0;
        }
        return made;
    }
}
