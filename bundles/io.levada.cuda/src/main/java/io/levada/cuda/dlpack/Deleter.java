/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import org.bytedeco.ffmpeg.avutil.AVHWFramesContext;
import org.bytedeco.ffmpeg.avutil.AVHWFramesContext.Free_AVHWFramesContext;
import org.bytedeco.javacpp.LongPointer;

/**
 * The way from C to Java and back: DLPack's deleter is a {@code void (*)(struct DLManagedTensor *)}.
 *
 * <p>Java 17 has no function pointers of its own, and those of CUDA's bindings need CUDA. libavutil's bindings are in every
 * node and have one that differs only in what it points to, which C's calling conventions don't know of:
 * {@code AVHWFramesContext.free}. No function of FFmpeg is called; the field of that structure is where the bindings turn a
 * function of Java's into a number and a number into a function.
 */
final class Deleter {

    /** One for all, never collected: JavaCPP has room for ten of a kind, and other libraries keep the number. */
    private static final Ours OURS = new Ours();

    private static final long NUMBER = numberOf(OURS);

    private Deleter() {}

    private static long numberOf(Free_AVHWFramesContext function) {
        try (var field = new AVHWFramesContext()) {
            field._free(function);
            return field(field).get();
        }
    }

    private static LongPointer field(AVHWFramesContext structure) {
        return new LongPointer(new ManagedTensor.At(structure.address() + structure.offsetof("free")));
    }

    /** Of the deleter for what is lent. */
    static long number() {
        return NUMBER;
    }

    /** Calls another library's, on this thread and for as long as it takes. */
    static void call(long number, long managed) {
        try (var field = new AVHWFramesContext()) {
            field(field).put(number);
            try (var function = field._free();
                    var argument = new AVHWFramesContext(new ManagedTensor.At(managed))) {
                function.call(argument);
            }
        }
    }

    private static final class Ours extends Free_AVHWFramesContext {

        /** On any thread of another library's; nothing may be thrown into it, and it must not wait. */
        @Override
        public void call(AVHWFramesContext managed) {
            LentTensor.giveBack(managed.address());
        }
    }
}
