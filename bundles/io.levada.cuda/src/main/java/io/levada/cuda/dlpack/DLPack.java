/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import io.levada.api.media.Memory;
import io.levada.api.media.Tensor;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.cuda.Binding;
import io.levada.cuda.CudaStream;
import io.levada.cuda.ForeignStream;
import java.util.List;

/**
 * Lends tensors to other libraries of this process, and takes theirs, without a copy. What is handed over is the address of a
 * structure, which Python for one wraps into a {@link Capsule}. Thread-safe.
 *
 * <p>A tensor of a pipeline is read by others at the same time, so the borrower may not write to it; only its maker may let
 * it, before the first sample over its memory is emitted.
 */
public final class DLPack {

    private DLPack() {}

    /**
     * A tensor on the host for another library.
     *
     * @return the structure's address; the tensor has one more reference until its deleter is called, on whatever thread
     * @throws StageException when the tensor is not on the host, or has no address
     */
    public static long lend(Tensor tensor, Capsule capsule) throws StageException {
        if (tensor.memory().kind() != Memory.Kind.HOST) {
            throw StageException.failed("a tensor on a GPU is lent with a stream, for others to know when it is there");
        }
        var structure = Layout.of(tensor).over(tensor.memory(), capsule);
        LentTensor.lend(structure, tensor);
        return structure.address();
    }

    /**
     * The same for a tensor on a GPU: what follows on the consumer's stream begins when the tensor is there, and after the
     * deleter's call its memory is used again when what was on that stream by then is done. Nothing waits here.
     *
     * @param stream of the stage that lends it; the stage may close it before the tensor is back
     */
    @SuppressWarnings("try")
    public static long lend(Tensor tensor, Capsule capsule, CudaStream stream, ForeignStream consumer)
            throws StageException {
        var memory = tensor.memory();
        if (memory.kind() != Memory.Kind.CUDA) {
            throw StageException.failed("a tensor on the host is lent without a stream");
        }
        require(memory.device(), stream.device().index());
        require(memory.device(), consumer.device().index());
        var layout = Layout.of(tensor);
        try (var binding = new Binding(stream.device())) {
            consumer.await(memory, stream);
            var structure = layout.over(memory, capsule);
            LentTensor.lend(structure, tensor, stream, consumer);
            return structure.address();
        }
    }

    private static void require(int device, int stream) throws StageException {
        if (device != stream) {
            throw StageException.failed("a tensor on GPU " + device + " is exchanged by a stream of GPU " + stream)
                    .remedy("use streams of the tensor's device");
        }
    }

    /**
     * Another library's tensor on the host. The structure is ours from now on (a Python capsule is to be renamed to
     * {@code used_...}): its deleter is called once after the memory's last release, on a thread where it may wait. What
     * the other library writes from now on is seen by whoever reads the tensor.
     *
     * @param names of its dimensions
     * @return to be completed with stamp and times; the sample owns the only reference
     * @throws StageException when no tensor here can be like that; the structure is still the caller's then
     */
    public static Tensor.Builder take(long address, Capsule capsule, List<String> names, TimeBase timeBase)
            throws StageException {
        var structure = ManagedTensor.at(address, capsule);
        var layout = Layout.read(structure);
        if (layout.kind() != Memory.Kind.HOST) {
            throw StageException.failed("a tensor on a GPU is taken with a stream");
        }
        layout.require(names);
        return layout.over(TakenMemory.host(structure, layout.hostSize()), names, timeBase);
    }

    /**
     * The same for a tensor on a GPU; one on the host is taken, too.
     *
     * @param stream which the other library was told to make wait for the tensor, as by {@code __dlpack__(stream)}
     */
    @SuppressWarnings("try")
    public static Tensor.Builder take(
            long address, Capsule capsule, List<String> names, TimeBase timeBase, CudaStream stream)
            throws StageException {
        var structure = ManagedTensor.at(address, capsule);
        var layout = Layout.read(structure);
        if (layout.kind() == Memory.Kind.HOST) {
            return take(address, capsule, names, timeBase);
        }
        require(structure.deviceId(), stream.device().index());
        layout.require(names);
        try (var binding = new Binding(stream.device())) {
            var ready = stream.event();
            ready.record();
            return layout.over(TakenMemory.device(structure, layout.size(), ready), names, timeBase);
        }
    }

    /** How many tensors other libraries have of ours. */
    public static int lent() {
        return LentTensor.lent();
    }

    /** How many tensors of other libraries there are here whose deleter is still to be called. */
    public static int taken() {
        return TakenMemory.taken();
    }
}
