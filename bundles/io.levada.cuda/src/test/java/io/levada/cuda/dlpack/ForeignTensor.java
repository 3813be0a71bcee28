/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import io.levada.api.media.TensorFormat.DType;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bytedeco.ffmpeg.avutil.AVHWDeviceContext;
import org.bytedeco.ffmpeg.avutil.AVHWDeviceContext.Free_AVHWDeviceContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/** A structure that another library might hand over, with a deleter of its own that notes when and where it is called. */
final class ForeignTensor {

    /** A call of the deleter. */
    record Deleted(long structure, String thread) {}

    /** Calls so far, of all of them. */
    static final List<Deleted> DELETED = new CopyOnWriteArrayList<>();

    private static final Noting NOTING = new Noting();
    private static final AVHWDeviceContext FIELD = new AVHWDeviceContext();

    final BytePointer bytes;
    final BytePointer data;
    private final Capsule capsule;

    private ForeignTensor(Capsule capsule, int dataBytes) {
        this.capsule = capsule;
        bytes = new BytePointer(capsule.size());
        Pointer.memset(bytes, 0, capsule.size());
        data = new BytePointer(dataBytes);
    }

    /** On the CPU, in row-major order, with its bytes numbered from 0. */
    static ForeignTensor of(Capsule capsule, DType dtype, long... shape) {
        long elements = 1;
        for (long length : shape) {
            elements *= length;
        }
        var made = new ForeignTensor(capsule, Math.toIntExact(elements * dtype.bits() / 8) + 16);
        for (int i = 0; i < made.data.capacity(); i++) {
            made.data.put(i, (byte) i);
        }
        if (capsule == Capsule.DLTENSOR_VERSIONED) {
            made.bytes.putInt(0, 1).putInt(4, 1);
        }
        int tensor = capsule.tensor();
        made.bytes.putLong(tensor, made.data.address());
        made.bytes.putInt(tensor + 8, 1).putInt(tensor + 16, shape.length);
        made.bytes.put(tensor + 20, (byte) dtype.code()).put(tensor + 21, (byte) dtype.bits());
        made.bytes.putShort(tensor + 22, (short) 1);
        made.shape(shape);
        FIELD._free(NOTING);
        made.bytes.putLong(
                capsule.deleter(),
                new LongPointer(new ManagedTensor.At(FIELD.address() + FIELD.offsetof("free"))).get());
        return made;
    }

    private final LongPointer[] numbers = new LongPointer[2]; // strongly held

    void shape(long... shape) {
        numbers[0] = new LongPointer(Math.max(1, shape.length)).put(shape, 0, shape.length);
        bytes.putLong(capsule.tensor() + 24, numbers[0].address());
    }

    void strides(long... strides) {
        numbers[1] = new LongPointer(strides);
        bytes.putLong(capsule.tensor() + 32, numbers[1].address());
    }

    void put(int field, int value) {
        bytes.putInt(capsule.tensor() + field, value);
    }

    void byteOffset(long offset) {
        bytes.putLong(capsule.tensor() + 40, offset);
    }

    void noDeleter() {
        bytes.putLong(capsule.deleter(), 0);
    }

    long address() {
        return bytes.address();
    }

    private static final class Noting extends Free_AVHWDeviceContext {

        @Override
        public void call(AVHWDeviceContext structure) {
            DELETED.add(new Deleted(structure.address(), Thread.currentThread().getName()));
        }
    }
}
