/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

/** Which of DLPack's structures is handed over, by the name of the Python capsule that it travels in. */
public enum Capsule {

    /** {@code DLManagedTensor}. It can't say that nobody may write to it, which holds for a tensor that others see, too. */
    DLTENSOR("dltensor", 0, 56, 64),

    /** {@code DLManagedTensorVersioned} of DLPack 1: what comes from here is marked as read-only. */
    DLTENSOR_VERSIONED("dltensor_versioned", 32, 16, 80);

    private final String text;
    private final int tensor;
    private final int deleter;
    private final int size;

    Capsule(String text, int tensor, int deleter, int size) {
        this.text = text;
        this.tensor = tensor;
        this.deleter = deleter;
        this.size = size;
    }

    /** Where the {@code DLTensor} is in it. */
    int tensor() {
        return tensor;
    }

    /** Where the deleter is. */
    int deleter() {
        return deleter;
    }

    /** Bytes. */
    int size() {
        return size;
    }

    /** The capsule's name. */
    @Override
    public String toString() {
        return text;
    }
}
