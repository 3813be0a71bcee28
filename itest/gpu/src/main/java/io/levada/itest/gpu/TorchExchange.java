/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import io.levada.api.media.Stamp;
import io.levada.api.media.Tensor;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TimeBase;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaDevice;
import io.levada.cuda.CudaStream;
import io.levada.cuda.ForeignStream;
import io.levada.cuda.PinnedPool;
import io.levada.cuda.dlpack.Capsule;
import io.levada.cuda.dlpack.DLPack;
import io.levada.decoder.cuda.CudaDecoder;
import io.levada.decoder.ffmpeg.FFmpegDecoder;
import io.levada.gpu.GpuTensor;
import io.levada.tensor.CpuTensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.bytedeco.javacpp.BytePointer;

/** What {@code torch_round_trip.py} calls, in Python's process: tensors of pictures by their numbers, on a GPU or the host. */
public final class TorchExchange {

    private static final long SECONDS = 1_000_000_000L;

    private static final Map<Long, Tensor> TENSORS = new ConcurrentHashMap<>();
    private static final AtomicLong NUMBERS = new AtomicLong();

    /** More than any tensor here; allocating it waits for the whole device, so it is there before. */
    private static final long LARGEST = 1 << 17;

    private static CudaStream stream;
    private static PinnedPool copies;

    private TorchExchange() {}

    /** Once, before all else. */
    public static void open(long gpu) throws Exception {
        LeakDetector.level(LeakDetector.Level.ALL);
        if (gpu >= 0) {
            stream = device().open("dlpack/torch", () -> {});
            copies = new PinnedPool(device(), 1, LARGEST);
            copies.take().release();
        }
    }

    private static CudaDevice device() throws Exception {
        return Cuda.probe().device(0);
    }

    private static long keep(Tensor tensor) {
        long number = NUMBERS.incrementAndGet();
        TENSORS.put(number, tensor);
        return number;
    }

    private static Tensor tensor(long number) {
        return TENSORS.get(number);
    }

    /** Of two pictures of a clip, 64 x 48, decoded and made where the exchange is. */
    public static long make(String clip, String dtype) throws Exception {
        var size = Map.of("width", "64", "height", "48", "batch", "2", "dtype", dtype);
        return keep((Tensor)
                (stream == null
                        ? FirstSample.of(Path.of(clip), new FFmpegDecoder(), new CpuTensor(), size)
                        : FirstSample.of(Path.of(clip), new CudaDecoder(), new GpuTensor(), size)));
    }

    /** The left half of the pictures, over the same memory. */
    public static long crop(long number) {
        var tensor = tensor(number);
        var format = tensor.format();
        var shape = new ArrayList<>(format.shape());
        shape.set(3, shape.get(3) / 2);
        var half = new TensorFormat(
                format.dtype(), format.names(), shape, format.memory(), format.device(), format.timeBase());
        tensor.retain();
        return keep(tensor.toBuilder()
                .layout(half, tensor.stride(0), tensor.stride(1), tensor.stride(2), tensor.stride(3))
                .build());
    }

    /** @param consumer as in {@code __dlpack__(stream)}; 0 on the host */
    public static long lend(long number, long consumer) throws Exception {
        return stream == null
                ? DLPack.lend(tensor(number), Capsule.DLTENSOR)
                : DLPack.lend(tensor(number), Capsule.DLTENSOR, stream, ForeignStream.of(device(), consumer));
    }

    public static long take(long structure, long versioned, long dimensions) throws Exception {
        var capsule = versioned == 0 ? Capsule.DLTENSOR : Capsule.DLTENSOR_VERSIONED;
        var names = List.of("n", "c", "h", "w").subList(0, (int) dimensions);
        var taken = stream == null
                ? DLPack.take(structure, capsule, names, TimeBase.NANOS)
                : DLPack.take(structure, capsule, names, TimeBase.NANOS, stream);
        return keep(taken.stamp(Stamp.of("torch", 0, 0, 0, 0, 0)).build());
    }

    /** The stream that has to wait for what is taken. */
    public static long stream() {
        return stream.handle().address();
    }

    /** Where its first element is. */
    public static long address(long number) throws Exception {
        var memory = tensor(number).memory();
        return memory.address(0) != 0
                ? memory.address(0)
                : new BytePointer(memory.plane(0).duplicate()).address();
    }

    /** Of its elements, in the order of its dimensions. */
    public static long crc(long number) throws Exception {
        var tensor = tensor(number);
        var crc = new CRC32();
        if (tensor.memory().kind() == Memory.Kind.HOST) {
            add(crc, tensor, tensor.memory().plane(0), 0, 0);
        } else {
            download(tensor, bytes -> add(crc, tensor, bytes, 0, 0));
        }
        return crc.getValue();
    }

    private static void download(Tensor tensor, Consumer<ByteBuffer> reader) throws Exception {
        var memory = tensor.memory();
        var pinned = copies.take();
        stream.await(memory);
        stream.toHost(pinned.pointer(0), memory.address(0), memory.size(0));
        var done = stream.fence(memory);
        await("the copy is here", done::reached);
        reader.accept(pinned.plane(0));
        pinned.release();
    }

    private static void add(CRC32 crc, Tensor tensor, ByteBuffer bytes, int dimension, long element) {
        var shape = tensor.format().shape();
        int size = tensor.format().dtype().bits() / 8;
        if (dimension == shape.size()) {
            crc.update(bytes.slice((int) element * size, size));
            return;
        }
        for (long i = 0; i < shape.get(dimension); i++) {
            add(crc, tensor, bytes, dimension + 1, element + i * tensor.stride(dimension));
        }
    }

    public static long references(long number) {
        return tensor(number).memory().references();
    }

    public static void awaitReferences(long number, long wanted) {
        await("references become " + wanted, () -> references(number) == wanted);
    }

    public static void release(long number) {
        TENSORS.remove(number).release();
    }

    /** Bytes of the device in Levada's hands. */
    public static long allocated() throws Exception {
        return stream == null ? 0 : device().allocated();
    }

    /** Until PyTorch has been told of all that was taken from it. */
    public static void awaitDeleters() {
        await("all deleters were called", () -> DLPack.taken() == 0);
    }

    /** Until neither side has anything of the other's. */
    public static void awaitNothing() {
        await("nothing is lent or taken", () -> DLPack.lent() + DLPack.taken() == 0);
        await("no memory is held", () -> LeakDetector.live().isEmpty());
    }

    public static void close() {
        if (stream != null) {
            copies.close();
            stream.close();
        }
    }

    private static void await(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + 30 * SECONDS;
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not so after 30 s: " + what + "; live: " + LeakDetector.live());
            }
            LockSupport.parkNanos(100_000);
        }
    }
}
