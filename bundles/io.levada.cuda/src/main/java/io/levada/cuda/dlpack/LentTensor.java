/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import io.levada.api.media.LeakDetector;
import io.levada.api.media.Tensor;
import io.levada.api.stage.StageException;
import io.levada.cuda.Binding;
import io.levada.cuda.CudaEvent;
import io.levada.cuda.CudaStream;
import io.levada.cuda.ForeignStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What other libraries have of ours until they call the deleter. */
final class LentTensor {

    private static final System.Logger LOG = System.getLogger(LentTensor.class.getName());

    /** By the address of the structure, which is all that the deleter is given. */
    private static final Map<Long, LentTensor> LENT = new ConcurrentHashMap<>();

    /** For the leak detector; few, so that no lending makes a string. */
    private static final Map<String, String> HOLDERS = new ConcurrentHashMap<>();

    private final ManagedTensor structure;
    private final Tensor tensor;
    private final String holder;
    private final Optional<Order> order;

    /**
     * What has to be observed with device memory.
     *
     * @param done for the consumer's stream; keeps the lender's from being destroyed
     */
    private record Order(CudaStream lender, CudaEvent done, ForeignStream consumer) {}

    private LentTensor(ManagedTensor structure, Tensor tensor, Optional<Order> order) {
        this.structure = structure;
        this.tensor = tensor;
        this.holder = HOLDERS.computeIfAbsent(LeakDetector.holder(), name -> "DLPack, lent by " + name);
        this.order = order;
    }

    /** Takes one more reference of the tensor, in the name of the borrower. */
    static void lend(ManagedTensor structure, Tensor tensor) {
        new LentTensor(structure, tensor, Optional.empty()).lend();
    }

    /** The same with device memory: it is not given back before what the consumer's stream has to do with it is done. */
    static void lend(ManagedTensor structure, Tensor tensor, CudaStream lender, ForeignStream consumer) {
        new LentTensor(structure, tensor, Optional.of(new Order(lender, lender.event(), consumer))).lend();
    }

    private void lend() {
        String before = LeakDetector.enter(holder);
        try {
            tensor.retain();
        } catch (IllegalStateException e) {
            structure.free();
            order.ifPresent(order -> order.done().close());
            throw e;
        } finally {
            LeakDetector.exit(before);
        }
        LENT.put(structure.address(), this);
    }

    static int lent() {
        return LENT.size();
    }

    /** The deleter: on any thread, never waits, never throws. */
    static void giveBack(long address) {
        var lent = LENT.remove(address);
        if (lent == null) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "a tensor lent by DLPack was given back twice, or never was one: structure at 0x"
                            + Long.toHexString(address));
            return;
        }
        lent.giveBack();
    }

    private void giveBack() {
        String before = LeakDetector.enter(holder);
        try {
            structure.free();
            if (order.isPresent()) {
                conclude(order.get());
            }
        } catch (Throwable e) { // the device is lost, then, and nothing uses the memory any more
            LOG.log(System.Logger.Level.WARNING, "while a tensor came back, " + holder, e);
        } finally {
            release();
            LeakDetector.exit(before);
        }
    }

    private void release() {
        try {
            tensor.release();
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.ERROR, "while a tensor came back, " + holder, e);
        }
    }

    /** The last reference goes on CUDA's own thread, when the consumer's stream is past its work. */
    @SuppressWarnings("try")
    private void conclude(Order order) throws StageException {
        try (var done = order.done();
                var binding = new Binding(order.lender().device())) {
            order.consumer().hold(tensor.memory(), order.lender(), done);
        }
    }
}
