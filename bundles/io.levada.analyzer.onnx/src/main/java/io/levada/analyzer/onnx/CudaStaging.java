/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.Memory;
import io.levada.api.stage.StageException;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaException;
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.cuda.CudaStream;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings rows together on a GPU: those of its tensors by copies within the device, others from the host. A batch that is one
 * tensor is taken where it lies. The session works on the same stream, so nothing is waited for on the host but the answer.
 * Whatever of it needs io.levada.cuda is only loaded for a model on a GPU, or for what comes from one.
 */
final class CudaStaging implements Staging {

    /** A run takes milliseconds, unless a kernel of somebody else's never ends. */
    private static final long PATIENCE = 20_000_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(CudaStaging.class);

    private final CudaStream stream;
    private Optional<DeviceBoxes> boxes = Optional.empty();
    private CudaPool pool;
    /** For rows of several tensors. */
    private CudaMemory gathered;

    private CudaStaging(CudaStream stream) {
        this.stream = stream;
    }

    /** The first GPU that can be used; else the CPU, with the reason. */
    static Device first() {
        var cuda = Cuda.probe();
        return cuda.devices().stream()
                .filter(device -> device.failure().isEmpty())
                .findFirst()
                .map(device -> new Device(device.index(), ""))
                .orElseGet(() -> new Device(-1, cuda.reason()));
    }

    static Staging open(int device, String model) throws StageException {
        return new CudaStaging(Cuda.probe().device(device).open("analyzer.onnx " + model, () -> {}));
    }

    @Override
    public OrtSession open(ModelKey key) throws StageException {
        return OrtSession.open(key, stream.device().index(), stream.handle().address());
    }

    @Override
    public Optional<String> lost() {
        return Optional.of(stream.device().failure()).filter(failure -> !failure.isEmpty());
    }

    @Override
    public long patience() {
        return PATIENCE;
    }

    @Override
    public Answer run(OrtSession session, Batch batch, int run, long... shape) throws StageException {
        stream.requireWhole();
        stream.device().bind();
        try (var input = new DeviceBytes(place(batch, run))) {
            long bytes = (long) run * batch.rowBytes;
            if (boxes.isEmpty() || !boxes.get().wanted(batch)) {
                return session.runOn(input, batch.rows.size(), bytes, shape);
            }
            try (var outputs = session.runOnDevice(input, bytes, shape)) {
                return boxes.get().choose(outputs, batch);
            }
        } catch (RuntimeException | StageException | OutOfMemoryError e) {
            stream.fence(tensors(batch)); // they are not released before copies that were started have ended
            throw e;
        }
    }

    /** Kernels are compiled; where that can't be done, boxes are chosen on the CPU. */
    @Override
    public void prepare(ModelSpec spec) {
        try {
            DevicePictures.prepare(stream.device(), spec);
            for (int i = 0; i < spec.outputs().size() && boxes.isEmpty(); i++) {
                if (DeviceBoxes.knows(spec.outputs().get(i))) {
                    boxes = Optional.of(new DeviceBoxes(stream, spec, i));
                }
            }
        } catch (StageException | CudaException e) {
            LOG.warn("{}: boxes are chosen on the CPU: {}", stream.stage(), e.getMessage());
        }
    }

    private static Memory[] tensors(Batch batch) {
        return batch.rows.stream()
                .map(row -> row.tensor)
                .filter(tensor -> tensor != Memory.NONE)
                .toArray(Memory[]::new);
    }

    /** Where the rows lie side by side, for work on the stream. */
    private long place(Batch batch, int run) throws StageException {
        var first = batch.rows.get(0);
        if (oneTensor(batch, run)) {
            stream.await(first.tensor);
            return first.tensor.address(0) + first.tensorOffset;
        }
        var memory = gathered(batch);
        Memory awaited = Memory.NONE;
        for (var row : batch.rows) {
            long to = memory.address(0) + row.offset();
            if (row.tensor == Memory.NONE) {
                stream.toDevice(to, batch.memory().getPointer(row.offset()), batch.rowBytes);
                continue;
            }
            if (row.tensor != awaited) {
                awaited = row.tensor;
                stream.await(awaited);
            }
            stream.copy(to, row.tensor.address(0) + row.tensorOffset, batch.rowBytes);
        }
        return memory.address(0);
    }

    private static boolean oneTensor(Batch batch, int run) {
        var first = batch.rows.get(0);
        return first.tensor != Memory.NONE
                && run == batch.rows.size()
                && batch.rows.stream()
                        .allMatch(row ->
                                row.tensor == first.tensor && row.tensorOffset == first.tensorOffset + row.offset());
    }

    /** Kept for all batches, for they run one after the other. */
    private CudaMemory gathered(Batch batch) throws StageException {
        if (gathered == null) {
            pool = new CudaPool(stream, 1, batch.bytes());
            gathered = pool.take();
        }
        return gathered;
    }

    @Override
    public void close() {
        boxes.ifPresent(DeviceBoxes::close);
        if (gathered != null) {
            gathered.release();
            pool.close();
        }
        stream.close();
    }

    /** An address on the device as JavaCPP wants it. */
    private static final class DeviceBytes extends BytePointer {

        DeviceBytes(long at) {
            address = at;
        }
    }
}
