/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** A {@code DLManagedTensor} or {@code DLManagedTensorVersioned} in native memory; dlpack.h of DLPack 1.1 tells what is where. */
final class ManagedTensor {

    static final int CPU = 1;
    static final int CUDA = 2;
    static final int CUDA_HOST = 3;
    static final int CUDA_MANAGED = 13;

    private static final int MAJOR = 1;
    private static final long READ_ONLY = 1;

    // Of DLTensor.
    private static final int DEVICE_TYPE = 8;
    private static final int DEVICE_ID = 12;
    private static final int DIMENSIONS = 16;
    private static final int CODE = 20;
    private static final int BITS = 21;
    private static final int LANES = 22;
    private static final int SHAPE = 24;
    private static final int STRIDES = 32;
    private static final int BYTE_OFFSET = 40;

    // Of DLManagedTensorVersioned.
    private static final int FLAGS = 24;

    private final Capsule capsule;
    private final BytePointer bytes;
    private final int tensor;

    private ManagedTensor(Capsule capsule, BytePointer bytes) {
        this.capsule = capsule;
        this.bytes = bytes;
        this.tensor = capsule.tensor();
    }

    /** Another library's. */
    static ManagedTensor at(long address, Capsule capsule) {
        return new ManagedTensor(capsule, new BytePointer(new At(address)).capacity(capsule.size()));
    }

    /** A new one with room for shape and strides behind it. */
    static ManagedTensor allocate(Capsule capsule, long[] shape, long[] strides) {
        int size = capsule.size() + (shape.length + strides.length) * Long.BYTES;
        var memory = Pointer.calloc(1, size);
        if (memory == null) {
            throw new OutOfMemoryError("a structure of " + size + " bytes");
        }
        var made = new ManagedTensor(capsule, new BytePointer(memory).capacity(size));
        if (capsule == Capsule.DLTENSOR_VERSIONED) {
            made.bytes.putInt(0, MAJOR).putLong(FLAGS, READ_ONLY);
        }
        made.bytes.putInt(made.tensor + DIMENSIONS, shape.length);
        made.put(SHAPE, capsule.size(), shape);
        made.put(STRIDES, capsule.size() + shape.length * Long.BYTES, strides);
        return made;
    }

    private void put(int field, int offset, long[] numbers) {
        bytes.putLong(tensor + field, bytes.address() + offset);
        for (int i = 0; i < numbers.length; i++) {
            bytes.putLong(offset + (long) i * Long.BYTES, numbers[i]);
        }
    }

    void elements(long data, int code, int bits) {
        bytes.putLong(tensor, data);
        bytes.put(tensor + CODE, (byte) code).put(tensor + BITS, (byte) bits).putShort(tensor + LANES, (short) 1);
    }

    void device(int type, int id) {
        bytes.putInt(tensor + DEVICE_TYPE, type).putInt(tensor + DEVICE_ID, id);
    }

    /** @param function a {@code void (*)(struct DLManagedTensor *)} */
    void deleter(long function) {
        bytes.putLong(capsule.deleter(), function);
    }

    /** Only of one that was {@link #allocate allocated}. */
    void free() {
        Pointer.free(bytes);
    }

    long address() {
        return bytes.address();
    }

    /** Whether what else it says can be read; its deleter can in any case. */
    boolean readable() {
        return capsule == Capsule.DLTENSOR || bytes.getInt(0) == MAJOR;
    }

    String version() {
        return capsule == Capsule.DLTENSOR ? "0" : bytes.getInt(0) + "." + bytes.getInt(4);
    }

    /** Of the first element. */
    long data() {
        return bytes.getLong(tensor) + bytes.getLong(tensor + BYTE_OFFSET);
    }

    int deviceType() {
        return bytes.getInt(tensor + DEVICE_TYPE);
    }

    int deviceId() {
        return bytes.getInt(tensor + DEVICE_ID);
    }

    int dimensions() {
        return bytes.getInt(tensor + DIMENSIONS);
    }

    int code() {
        return bytes.get(tensor + CODE) & 0xFF;
    }

    int bits() {
        return bytes.get(tensor + BITS) & 0xFF;
    }

    int lanes() {
        return bytes.getShort(tensor + LANES) & 0xFFFF;
    }

    /** Whether it has as many lengths as it says. */
    boolean shaped() {
        return dimensions() == 0 || bytes.getLong(tensor + SHAPE) != 0;
    }

    long[] shape() {
        return numbers(SHAPE);
    }

    /** Whether it says how its elements lie; before DLPack 1.2 one that does not is in row-major order. */
    boolean strided() {
        return bytes.getLong(tensor + STRIDES) != 0;
    }

    long[] strides() {
        return numbers(STRIDES);
    }

    private long[] numbers(int field) {
        long[] numbers = new long[dimensions()];
        if (numbers.length > 0) {
            new BytePointer(new At(bytes.getLong(tensor + field)))
                    .capacity((long) numbers.length * Long.BYTES)
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer()
                    .get(numbers);
        }
        return numbers;
    }

    /** 0 when there is none. */
    long deleter() {
        return bytes.getLong(capsule.deleter());
    }

    /** A place in native memory by its number. */
    static final class At extends Pointer {

        At(long address) {
            this.address = address;
        }
    }
}
