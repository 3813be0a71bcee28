/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.TensorFormat.DType;
import io.levada.api.stage.StageException;
import io.levada.cuda.CudaEvent;
import io.levada.cuda.CudaKernel;
import io.levada.cuda.CudaMemory;
import io.levada.cuda.CudaPool;
import io.levada.cuda.CudaStream;
import io.levada.cuda.KernelArguments;
import io.levada.cuda.PinnedPool;
import io.levada.gpu.picture.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses boxes out of a model's output where that is, on a GPU: what counts by score and class, and of what overlaps the best.
 * Only the boxes come to the host. The same ones as {@link DetectionReader} and {@link Boxes} choose. For the model's thread.
 */
final class DeviceBoxes implements AutoCloseable {

    /** As in boxes.cu. */
    private static final int QUERY = 16;

    private static final int BOX = 24;
    private static final int RESULT = 8;
    private static final int ARGUMENTS = 72;
    private static final int ANCHOR_THREADS = 256;
    private static final int ROW_THREADS = 1024;

    private final CudaStream stream;
    private final ModelSpec spec;
    private final int output;
    private final CudaKernel candidates;
    private final CudaKernel suppress;
    private final KernelArguments arguments = new KernelArguments(ARGUMENTS);
    private final CudaEvent ended;
    private Optional<Room> room = Optional.empty();

    /**
     * @param output the number of one that it {@link #knows}
     * @throws StageException when its kernels can't be had
     */
    DeviceBoxes(CudaStream stream, ModelSpec spec, int output) throws StageException {
        this.stream = stream;
        this.spec = spec;
        this.output = output;
        var dtype = spec.outputs().get(output).dtype();
        var module = Kernels.compile(
                stream.device(), DeviceBoxes.class, "boxes.cu", Map.of("HALF", dtype == DType.F16 ? 1 : 0));
        candidates = module.kernel("candidates");
        suppress = module.kernel("suppress");
        ended = stream.event();
    }

    static boolean knows(ModelPort output) {
        return DetectionReader.anchors(output) && (output.dtype() == DType.F32 || output.dtype() == DType.F16);
    }

    /** Whether all rows want boxes of its output. */
    boolean wanted(Batch batch) {
        return batch.rows.stream()
                .allMatch(row ->
                        row.query.filter(query -> query.output() == output).isPresent());
    }

    /** Out of what the model has put out for a batch. */
    Answer choose(DeviceOutputs outputs, Batch batch) throws StageException {
        return choose(outputs.ports().get(output), outputs.address(output), batch);
    }

    /**
     * Starts after the work that is on the stream, waits for its end, and has the boxes in host memory then.
     *
     * @param port the output as it came out
     * @param address of the output on the device
     */
    Answer choose(ModelPort port, long address, Batch batch) throws StageException {
        Elements.requireRows(port, batch.rows.size()); // kernels would read beyond its end
        DetectionReader.requireBoxes(port);
        int classes = (int) port.length(1) - 4;
        int anchors = (int) port.length(2);
        int most = batch.rows.stream()
                .mapToInt(row -> row.query.orElseThrow().most())
                .max()
                .orElseThrow();
        var here = room((int) (batch.bytes() / batch.rowBytes), classes, anchors, most);
        var results = here.results.take();
        try {
            run(here, results, address, batch, most);
            return new ChosenBoxes(results, resultBytes(most), batch.rows.size());
        } catch (RuntimeException | StageException e) {
            results.release();
            throw e;
        }
    }

    private void run(Room here, PinnedPool.Pinned results, long address, Batch batch, int most) throws StageException {
        int rows = batch.rows.size();
        var queries = here.queries.take();
        try {
            fill(queries, batch, here.classes);
            stream.toDevice(here.device.address(0), queries.pointer(0), here.queryBytes(rows));
            arguments(here, address, rows, most);
            stream.launch(
                    candidates,
                    (here.anchors + ANCHOR_THREADS - 1) / ANCHOR_THREADS,
                    rows,
                    1,
                    ANCHOR_THREADS,
                    1,
                    arguments);
            stream.launch(suppress, rows, 1, 1, ROW_THREADS, 1, arguments);
            stream.toHost(results.pointer(0), here.device.address(3), (long) rows * resultBytes(most));
            ended.record();
            ended.await();
        } catch (RuntimeException | StageException e) {
            stream.fence(queries, results, here.device); // not before what was started has ended
            throw e;
        } finally {
            queries.release();
        }
    }

    private static int resultBytes(int most) {
        return RESULT + most * BOX;
    }

    private static void fill(PinnedPool.Pinned queries, Batch batch, int classes) {
        var bytes =
                queries.writable(0).duplicate().order(ByteOrder.nativeOrder()).clear();
        batch.rows.forEach(row -> row.query.orElseThrow().put(bytes));
        batch.rows.forEach(row -> row.query.orElseThrow().putWanted(bytes, classes));
    }

    private void arguments(Room here, long output, int rows, int most) {
        long queries = here.device.address(0);
        arguments
                .struct()
                .clear()
                .putLong(output)
                .putLong(queries)
                .putLong(queries + (long) rows * QUERY)
                .putLong(here.device.address(1))
                .putLong(here.device.address(2))
                .putLong(here.device.address(3))
                .putInt(here.classes)
                .putInt(here.anchors)
                .putInt(BoxQuery.words(here.classes))
                .putInt(resultBytes(most))
                .putFloat(spec.width())
                .putFloat(spec.height());
    }

    private Room room(int rows, int classes, int anchors, int most) throws StageException {
        if (room.filter(here -> here.holds(rows, classes, anchors, most)).isEmpty()) {
            leave();
            room = Optional.of(new Room(stream, rows, classes, anchors, most));
        }
        return room.orElseThrow();
    }

    private void leave() {
        room.ifPresent(Room::close);
        room = Optional.empty();
    }

    @Override
    public void close() {
        leave();
        arguments.close();
        ended.close();
    }

    /** Memory for batches of up to so many rows: queries and classes, keys, kinds and results. */
    private static final class Room {

        private final int rows;
        private final int classes;
        private final int anchors;
        private final int most;
        private final PinnedPool queries;
        private final PinnedPool results;
        private final CudaPool pool;
        private final CudaMemory device;

        Room(CudaStream stream, int rows, int classes, int anchors, int most) throws StageException {
            this.rows = rows;
            this.classes = classes;
            this.anchors = anchors;
            this.most = most;
            long resultBytes = (long) rows * resultBytes(most);
            queries = new PinnedPool(stream.device(), 1, queryBytes(rows));
            results = new PinnedPool(stream.device(), 4, resultBytes); // stages read them while more is run
            pool = new CudaPool(
                    stream,
                    1,
                    queryBytes(rows),
                    (long) rows * anchors * Long.BYTES,
                    (long) rows * anchors * Integer.BYTES,
                    resultBytes);
            device = pool.take();
        }

        boolean holds(int wantedRows, int kinds, int places, int boxes) {
            return wantedRows <= rows && kinds == classes && places == anchors && boxes <= most;
        }

        long queryBytes(int count) {
            return (long) count * (QUERY + BoxQuery.words(classes) * Integer.BYTES);
        }

        void close() {
            device.release();
            pool.close();
            queries.close();
            results.close();
        }
    }

    /** What came to the host. */
    private static final class ChosenBoxes extends RowsAnswer {

        private final PinnedPool.Pinned memory;
        private final int resultBytes;

        ChosenBoxes(PinnedPool.Pinned memory, int resultBytes, int rows) {
            super(rows);
            this.memory = memory;
            this.resultBytes = resultBytes;
        }

        @Override
        public boolean boxes(int row, Boxes into) {
            var bytes = memory.plane(0);
            int at = row * resultBytes;
            int kept = bytes.getInt(at);
            into.candidates(bytes.getInt(at + 4));
            for (int i = 0, box = at + RESULT; i < kept; i++, box += BOX) {
                into.add(
                        bytes.getFloat(box),
                        bytes.getFloat(box + 4),
                        bytes.getFloat(box + 8),
                        bytes.getFloat(box + 12),
                        bytes.getFloat(box + 16),
                        bytes.getInt(box + 20));
            }
            return true;
        }

        @Override
        public ByteBuffer output(int index) {
            throw new IllegalStateException("the outputs are on the GPU");
        }

        @Override
        public List<ModelPort> outputs() {
            return List.of();
        }

        @Override
        void free() {
            memory.release();
        }
    }
}
