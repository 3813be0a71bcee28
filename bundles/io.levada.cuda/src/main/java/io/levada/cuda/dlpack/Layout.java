/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import io.levada.api.media.Memory;
import io.levada.api.media.Tensor;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.cuda.PinnedPool;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.BytePointer;

/** How a tensor's elements lie, in DLPack's terms and in ours; both count strides in elements. */
final class Layout {

    /** More than any library has; what comes from outside has a limit. */
    private static final int MOST_DIMENSIONS = 64;

    private final DType dtype;
    private final long[] shape;
    private final long[] strides;
    private final Memory.Kind kind;
    private final int device;
    private final long bytes;

    private Layout(DType dtype, long[] shape, long[] strides, Memory.Kind kind, int device) throws StageException {
        this.dtype = dtype;
        this.shape = shape;
        this.strides = strides;
        this.kind = kind;
        this.device = device;
        this.bytes = bytes();
    }

    /** A tensor of ours. */
    static Layout of(Tensor tensor) throws StageException {
        var format = tensor.format();
        long[] shape = format.shape().stream().mapToLong(Long::longValue).toArray();
        long[] strides = new long[shape.length];
        Arrays.setAll(strides, tensor::stride);
        var layout = new Layout(
                format.dtype(),
                shape,
                strides,
                tensor.memory().kind(),
                tensor.memory().device());
        if (layout.bytes > tensor.memory().size(0)) {
            throw StageException.failed("%s reaches beyond its memory, which has %d bytes"
                    .formatted(layout, tensor.memory().size(0)));
        }
        return layout;
    }

    /** What another library hands over. */
    static Layout read(ManagedTensor structure) throws StageException {
        if (!structure.readable()) {
            throw StageException.failed("a structure of DLPack " + structure.version() + " can't be read")
                    .remedy("ask for version 1, or for the one without a version");
        }
        int dimensions = structure.dimensions();
        if (dimensions < 0 || dimensions > MOST_DIMENSIONS || !structure.shaped()) {
            throw StageException.failed("a DLPack tensor of " + dimensions + " dimensions can't be taken");
        }
        long[] shape = structure.shape();
        long[] strides = structure.strided() ? structure.strides() : dense(shape);
        var layout = new Layout(dtype(structure), shape, strides, kind(structure), structure.deviceId());
        if (layout.bytes > 0 && structure.data() == 0) {
            throw StageException.failed(layout + " has no data");
        }
        return layout;
    }

    private static long[] dense(long[] shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= Math.max(1, shape[i]);
        }
        return strides;
    }

    private static DType dtype(ManagedTensor structure) throws StageException {
        for (var dtype : DType.values()) {
            if (structure.code() == dtype.code() && structure.bits() == dtype.bits() && structure.lanes() == 1) {
                return dtype;
            }
        }
        throw StageException.failed("DLPack elements of type code %d, %d bits, %d lanes are none of a tensor here"
                        .formatted(structure.code(), structure.bits(), structure.lanes()))
                .remedy("convert them to one of " + Arrays.toString(DType.values()));
    }

    private static Memory.Kind kind(ManagedTensor structure) throws StageException {
        return switch (structure.deviceType()) {
            case ManagedTensor.CPU, ManagedTensor.CUDA_HOST -> Memory.Kind.HOST;
            case ManagedTensor.CUDA, ManagedTensor.CUDA_MANAGED -> Memory.Kind.CUDA;
            default -> throw StageException.failed(
                            "a tensor on DLPack's device type " + structure.deviceType() + " can't be taken")
                    .remedy("copy it to the CPU or to an NVIDIA GPU");
        };
    }

    /** From the first element to behind the last one. */
    private long bytes() throws StageException {
        long last = 0;
        boolean empty = false;
        try {
            for (int i = 0; i < shape.length; i++) {
                if (shape[i] < 0 || strides[i] < 0 && shape[i] > 1) {
                    throw StageException.failed(this + " can't be taken: its elements lie before the first one")
                            .remedy("copy it (ascontiguousarray, contiguous)");
                }
                empty |= shape[i] == 0;
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape[i] - 1), strides[i]));
            }
            return empty ? 0 : Math.multiplyExact(Math.addExact(last, 1), dtype.bits() / 8L);
        } catch (ArithmeticException e) {
            throw StageException.failed(this + " is larger than any memory");
        }
    }

    Memory.Kind kind() {
        return kind;
    }

    long size() {
        return bytes;
    }

    /** @throws StageException when it is more than a buffer of Java's can be */
    int hostSize() throws StageException {
        if (bytes > Integer.MAX_VALUE) {
            throw StageException.failed(this + " is larger than 2 GiB").remedy("hand it over in parts");
        }
        return (int) bytes;
    }

    /** Names are checked before memory is made for it. */
    void require(List<String> names) throws StageException {
        if (names.size() != shape.length) {
            throw StageException.failed("%s has %d dimensions, named were %s".formatted(this, shape.length, names));
        }
    }

    Tensor.Builder over(Memory memory, List<String> names, TimeBase timeBase) {
        var format = new TensorFormat(dtype, names, LongStream.of(shape).boxed().toList(), kind, device, timeBase);
        return Tensor.over(memory, format).layout(format, strides);
    }

    /** A structure about memory that lies so; its deleter does what is to be done when it comes back. */
    ManagedTensor over(Memory memory, Capsule capsule) throws StageException {
        long data = bytes == 0 ? 0 : address(memory);
        var structure = ManagedTensor.allocate(capsule, shape, strides);
        structure.elements(data, dtype.code(), dtype.bits());
        structure.device(deviceType(memory), device);
        structure.deleter(Deleter.number());
        return structure;
    }

    private static int deviceType(Memory memory) {
        if (memory.kind() == Memory.Kind.CUDA) {
            return ManagedTensor.CUDA;
        }
        return memory instanceof PinnedPool.Pinned ? ManagedTensor.CUDA_HOST : ManagedTensor.CPU;
    }

    private static long address(Memory memory) throws StageException {
        long address = memory.address(0);
        if (address != 0 || memory.kind() != Memory.Kind.HOST) {
            return address;
        }
        var plane = memory.plane(0);
        if (!plane.isDirect()) {
            throw StageException.failed("a tensor on Java's heap has no address to lend")
                    .remedy("make it in memory of a HostMemoryPool");
        }
        return new BytePointer(plane.duplicate().rewind()).address();
    }

    @Override
    public String toString() {
        return "a tensor of " + dtype + Arrays.toString(shape) + ", strides " + Arrays.toString(strides);
    }
}
