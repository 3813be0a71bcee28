/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import static io.levada.api.media.TensorFormat.DType;

import io.levada.api.media.HostMemory;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import io.levada.api.media.Tensor;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.testkit.Stamps;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** What Python calls in {@link NumpyTest}; a tensor there is a number. */
public final class Exchange {

    private static final List<String> NAMES = List.of("z", "y", "x");

    private static final Map<Long, Tensor> TENSORS = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong();

    static {
        LeakDetector.level(LeakDetector.Level.ALL);
    }

    private Exchange() {}

    private static long keep(Tensor tensor) {
        TENSORS.put(NUMBERS.incrementAndGet(), tensor);
        return NUMBERS.get();
    }

    /** Of 2 x 3 x 4 elements, numbered from 0, so many elements from row to row. */
    public static long make(String dtype, long row) {
        var format = new TensorFormat(
                DType.valueOf(dtype), NAMES, List.of(2L, 3L, 4L), Memory.Kind.HOST, 0, TimeBase.MILLIS);
        var memory = HostMemory.allocate((int) (6 * row * format.dtype().bits() / 8));
        for (int i = 0; i < 24; i++) {
            put(memory.writable(0), format.dtype(), (int) (i / 4 * row + i % 4), i);
        }
        return keep(Tensor.over(memory, format)
                .layout(format, 3 * row, row, 1)
                .stamp(Stamps.at(TimeBase.MILLIS, 0))
                .build());
    }

    private static void put(ByteBuffer buffer, DType dtype, int index, int value) {
        switch (dtype) {
            case U8, I8 -> buffer.put(index, (byte) value);
            case I16 -> buffer.putShort(2 * index, (short) value);
            case F16 -> buffer.putShort(2 * index, half(value));
            case I32 -> buffer.putInt(4 * index, value);
            case F32 -> buffer.putFloat(4 * index, value);
            case I64 -> buffer.putLong(8 * index, value);
            case F64 -> buffer.putDouble(8 * index, value);
            default -> throw new IllegalArgumentException(dtype.toString());
        }
    }

    /** Of a small integer: IEEE 754 binary16 has eleven significant bits. */
    private static short half(int value) {
        if (value == 0) {
            return 0;
        }
        int exponent = 31 - Integer.numberOfLeadingZeros(value);
        return (short) (exponent + 15 << 10 | (value << 10 - exponent & 0x3FF));
    }

    private static int unhalf(short bits) {
        return bits == 0 ? 0 : (bits & 0x3FF | 0x400) >> 10 - ((bits >> 10 & 31) - 15);
    }

    public static long lend(long tensor, long versioned) throws StageException {
        return DLPack.lend(TENSORS.get(tensor), capsule(versioned));
    }

    private static Capsule capsule(long versioned) {
        return versioned == 0 ? Capsule.DLTENSOR : Capsule.DLTENSOR_VERSIONED;
    }

    public static long take(long structure, long versioned) throws StageException {
        return keep(DLPack.take(structure, capsule(versioned), NAMES, TimeBase.MILLIS)
                .stamp(Stamps.at(TimeBase.MILLIS, 0))
                .build());
    }

    /** Why a structure can't be taken; empty when it was. */
    public static String refusal(long structure) {
        try {
            take(structure, 0);
            return "";
        } catch (StageException e) {
            return e.getMessage();
        }
    }

    public static long address(long tensor) throws StageException {
        var structure = ManagedTensor.at(DLPack.lend(TENSORS.get(tensor), Capsule.DLTENSOR), Capsule.DLTENSOR);
        long data = structure.data();
        Deleter.call(structure.deleter(), structure.address());
        return data;
    }

    /** Of its elements. */
    public static long sum(long number) {
        var tensor = TENSORS.get(number);
        long sum = 0;
        for (int z = 0; z < 2; z++) {
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 4; x++) {
                    long index = z * tensor.stride(0) + y * tensor.stride(1) + x * tensor.stride(2);
                    sum += get(tensor.memory().plane(0), tensor.format().dtype(), (int) index);
                }
            }
        }
        return sum;
    }

    private static long get(ByteBuffer buffer, DType dtype, int index) {
        return switch (dtype) {
            case U8, I8 -> buffer.get(index);
            case I16 -> buffer.getShort(2 * index);
            case F16 -> unhalf(buffer.getShort(2 * index));
            case I32 -> buffer.getInt(4 * index);
            case F32 -> (long) buffer.getFloat(4 * index);
            case I64 -> buffer.getLong(8 * index);
            case F64 -> (long) buffer.getDouble(8 * index);
            default -> throw new IllegalArgumentException(dtype.toString());
        };
    }

    public static void release(long tensor) {
        TENSORS.remove(tensor).release();
    }

    public static long lent() {
        return DLPack.lent();
    }

    /** Until neither side has anything of the other's. */
    public static void awaitNothing() {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (DLPack.lent() + DLPack.taken() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(100_000);
        }
        if (DLPack.lent() + DLPack.taken() > 0 || !LeakDetector.live().isEmpty()) {
            throw new IllegalStateException(
                    DLPack.lent() + " lent, " + DLPack.taken() + " taken, live: " + LeakDetector.live());
        }
    }
}
