/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.*;

import io.levada.api.stage.StageException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.cuda.cudart.CUmemPoolHandle_st;
import org.bytedeco.cuda.cudart.CUmemPoolProps_v1;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * One GPU. Its primary context is made when the first stage needs it and is shared by all stages and by FFmpeg; it stays
 * until the node ends, for making one takes long and a context without work costs little. Thread-safe.
 */
public final class CudaDevice {

    /** What idle device memory is kept for the next allocation; more goes back to the driver when a stream is idle. */
    private static final long KEPT_BYTES = 256L << 20;

    private static final int THREADS_SLEEP = CU_CTX_SCHED_BLOCKING_SYNC; // FFmpeg asks for the same flag

    private final int index;
    private final int handle;
    private final String name;
    private final String architecture;
    private final long memory;
    private final Copies copies = new Copies();
    private final LongAdder launches = new LongAdder();
    private final AtomicLong allocated = new AtomicLong();
    private final AtomicInteger streams = new AtomicInteger();
    private final KernelStore kernels = new KernelStore(this);

    private CUctx_st context;
    private CUmemPoolHandle_st pool;
    private volatile String failure = "";

    private CudaDevice(int index, int handle, String name, String architecture, long memory) {
        this.index = index;
        this.handle = handle;
        this.name = name;
        this.architecture = architecture;
        this.memory = memory;
    }

    static CudaDevice of(int index) {
        int[] number = new int[1];
        Driver.check(cuDeviceGet(number, index), "opening device " + index);
        int handle = number[0];
        byte[] name = new byte[256];
        Driver.check(cuDeviceGetName(name, name.length, handle), "asking for the name of device " + index);
        int major = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, handle);
        int minor = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, handle);
        try (var total = new SizeTPointer(1)) {
            Driver.check(cuDeviceTotalMem(total, handle), "asking for the memory of device " + index);
            return new CudaDevice(
                    index, handle, new String(name).replaceAll("\0.*", ""), "sm_" + major + minor, total.get());
        }
    }

    private static int attribute(int attribute, int handle) {
        int[] value = new int[1];
        Driver.check(cuDeviceGetAttribute(value, attribute, handle), "asking for an attribute");
        return value[0];
    }

    public int index() {
        return index;
    }

    /** As in {@code NVIDIA H200}. */
    public String name() {
        return name;
    }

    /** As in {@code sm_90}. */
    public String architecture() {
        return architecture;
    }

    /** Bytes on the card. */
    public long memory() {
        return memory;
    }

    /** Bytes that stages hold here, idle ones of their pools included; FFmpeg's frames are not among them. */
    public long allocated() {
        return allocated.get();
    }

    /** Kernels launched so far. */
    public long launches() {
        return launches.sum();
    }

    /** Streams that are open: how loaded it is. */
    public int streams() {
        return streams.get();
    }

    public Copies copies() {
        return copies;
    }

    /** Why it can't be used any more; empty while it can. */
    public String failure() {
        return failure;
    }

    /** Whether work on it does not end: calls that wait for the device as a whole then never come back. */
    public boolean hangs() {
        return Completions.hang(this);
    }

    /** The context's address, for libraries that share it. */
    public long context() throws StageException {
        return opened().address();
    }

    /** Makes the context current on the calling thread, for calls of the driver's API. */
    public void bind() throws StageException {
        Driver.check(cuCtxSetCurrent(opened()), "binding device " + index);
    }

    /**
     * A stream for a stage.
     *
     * @param stage who will be named when something goes wrong
     * @param wake called on CUDA's own thread when work of the stream has ended; must be quick
     */
    public CudaStream open(String stage, Runnable wake) throws StageException {
        bind();
        try {
            return new CudaStream(this, stage, wake);
        } catch (CudaException e) {
            throw lacking(e);
        }
    }

    /**
     * Kernels of a source text; equal texts are compiled once, on disk too.
     *
     * @param name what error messages call it, as in {@code blur.cu}
     * @throws StageException of kind INVALID with the compiler's lines
     */
    public CudaModule compile(String name, String source) throws StageException {
        bind();
        try {
            return kernels.compile(name, source);
        } catch (CudaException e) {
            throw lacking(e);
        }
    }

    /** @throws StageException when it failed before */
    void requireWhole() throws StageException {
        if (!failure.isEmpty()) {
            throw StageException.failed(failure).remedy("restart the node; until then roles are filled by software");
        }
    }

    private synchronized CUctx_st opened() throws StageException {
        requireWhole();
        if (context == null) {
            cuDevicePrimaryCtxSetFlags(
                    handle, THREADS_SLEEP); // refused while another library holds it, which is no harm
            var made = new CUctx_st();
            int result = cuDevicePrimaryCtxRetain(made, handle);
            if (Driver.outOfMemory(result)) {
                throw StageException.retry("GPU " + index + " has no memory for a context");
            }
            Driver.check(result, "making the context of device " + index);
            try {
                Driver.check(cuCtxSetCurrent(made), "binding device " + index);
                pool = pool();
            } catch (CudaException e) { // there is to be none without the other
                cuDevicePrimaryCtxRelease(handle);
                throw lacking(e);
            }
            context = made;
        }
        return context;
    }

    /** Stream-ordered memory of this node's own, so that other libraries' use of the default pool does not disturb it. */
    private CUmemPoolHandle_st pool() {
        var made = new CUmemPoolHandle_st();
        try (var properties = new CUmemPoolProps_v1();
                var kept = new LongPointer(1)) {
            org.bytedeco.javacpp.Pointer.memset(properties, 0, properties.sizeof());
            properties.allocType(CU_MEM_ALLOCATION_TYPE_PINNED);
            properties.handleTypes(CU_MEM_HANDLE_TYPE_NONE);
            properties.location().type(CU_MEM_LOCATION_TYPE_DEVICE).id(index);
            Driver.check(cuMemPoolCreate(made, properties), "making a memory pool on device " + index);
            kept.put(KEPT_BYTES);
            Driver.check(
                    cuMemPoolSetAttribute(made, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, kept),
                    "setting up the memory pool of device " + index);
        }
        return made;
    }

    /** Memory for work on a stream; given back by {@link #free}. */
    long allocate(long bytes, CudaStream stream) throws StageException {
        bind();
        long[] address = new long[1];
        int result = cuMemAllocFromPoolAsync(address, bytes, pool, stream.handle());
        if (Driver.outOfMemory(result)) {
            cuMemPoolTrimTo(pool, 0);
            result = cuMemAllocFromPoolAsync(address, bytes, pool, stream.handle());
        }
        if (Driver.outOfMemory(result)) {
            throw outOfMemory((bytes + (1 << 20) - 1 >> 20) + " MiB were asked for");
        }
        check(result, stream, "allocating " + bytes + " bytes");
        allocated.addAndGet(bytes);
        return address[0];
    }

    void free(long address, long bytes, CudaStream stream) {
        allocated.addAndGet(-bytes);
        if (failure.isEmpty() && cuCtxSetCurrent(context) == CUDA_SUCCESS) {
            cuMemFreeAsync(address, stream.handle());
        }
    }

    /** What a lack of memory is to a stage: it may pass. Anything else is thrown as it is. */
    private StageException lacking(CudaException e) {
        if (!Driver.outOfMemory(e.code())) {
            throw e;
        }
        return outOfMemory(e.getMessage()).because(e);
    }

    private StageException outOfMemory(String why) {
        return StageException.retry("GPU %d is out of memory: %s, %s".formatted(index, why, free()))
                .remedy("run fewer pipelines on it, shorten their queues, or use another device");
    }

    private String free() {
        try (var free = new SizeTPointer(1);
                var total = new SizeTPointer(1)) {
            return cuMemGetInfo(free, total) == CUDA_SUCCESS ? (free.get() >> 20) + " MiB are free" : "none is free";
        }
    }

    void launched() {
        launches.increment();
    }

    void opened(CudaStream stream) {
        streams.incrementAndGet();
        Completions.add(stream);
    }

    void closed() {
        streams.decrementAndGet();
    }

    /** Lets a result that is no error through; one that spoils the context fails the device. */
    void check(int result, CudaStream stream, String doing) {
        if (spoils(result)) {
            fail(result, Completions.suspects(this, stream));
        }
        Driver.check(result, doing);
    }

    static boolean spoils(int result) {
        return switch (result) {
            case CUDA_ERROR_ILLEGAL_ADDRESS,
                    CUDA_ERROR_LAUNCH_FAILED,
                    CUDA_ERROR_ILLEGAL_INSTRUCTION,
                    CUDA_ERROR_MISALIGNED_ADDRESS,
                    CUDA_ERROR_INVALID_ADDRESS_SPACE,
                    CUDA_ERROR_INVALID_PC,
                    CUDA_ERROR_HARDWARE_STACK_ERROR,
                    CUDA_ERROR_ASSERT,
                    CUDA_ERROR_LAUNCH_TIMEOUT,
                    CUDA_ERROR_ECC_UNCORRECTABLE,
                    CUDA_ERROR_CONTEXT_IS_DESTROYED -> true;
            default -> false;
        };
    }

    /** The context is lost for good, and with it whatever ran in it. */
    void fail(int result, String culprit) {
        synchronized (this) {
            if (!failure.isEmpty()) {
                return;
            }
            failure = "GPU " + index + " is lost: " + Driver.text(result) + " in " + culprit
                    + "; a restart of the node is advised";
        }
        System.getLogger(CudaDevice.class.getName()).log(System.Logger.Level.ERROR, failure);
        Completions.failed(this);
        Cuda.lost();
    }

    @Override
    public String toString() {
        return "GPU " + index + " (" + name + ")";
    }
}
