/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.Event;
import io.levada.api.media.Region;
import io.levada.api.media.Stamp;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.stage.StageException;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaPool;
import io.levada.cuda.CudaStream;
import io.levada.cuda.PinnedPool;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.HalfFloat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Boxes chosen on the GPU against those that the CPU chooses out of the same outputs: random ones, crowded and with ties. */
public final class GpuBoxes {

    private static final int ROWS = 5;
    private static final int SIZE = 640;
    private static final Stamp MOMENT = Stamp.of("boxes", 0, 0, 0, 0, 0);

    private final Random random = new Random(11);
    private int boxes;
    private int crowded;

    /** @return what was compared */
    public String compare() throws Exception {
        for (var dtype : List.of(DType.F32, DType.F16)) {
            for (int classes : new int[] {1, 3, 80}) {
                for (double share : new double[] {0, 0.001, 0.02, 0.9}) {
                    compare(dtype, classes, classes == 3 ? 2100 : 8400, share);
                }
            }
        }
        if (boxes == 0 || crowded == 0) {
            throw new AssertionError("too little was compared: " + boxes + " boxes, " + crowded + " crowded pictures");
        }
        return "%d boxes, of %d pictures with more than 1024 candidates".formatted(boxes, crowded);
    }

    /** @param share of the anchors that are candidates */
    private void compare(DType dtype, int classes, int anchors, double share) throws Exception {
        var port = ModelPort.of("output0", dtype, ROWS, 4 + classes, anchors);
        var spec = new ModelSpec(
                ModelPort.of("images", DType.F32, -1, 3, SIZE, SIZE), List.of(port), true, SIZE, SIZE, List.of());
        var elements = elements(dtype, classes, anchors, share);
        var readers = new ArrayList<DetectionReader>();
        var batch = new Batch(null, ROWS, 1);
        for (int i = 0; i < ROWS; i++) {
            var reader = new DetectionReader(spec, 0, settings(i));
            var row = row(batch, i);
            row.query = reader.query();
            batch.rows.add(row);
            readers.add(reader);
        }
        var device = Cuda.probe().device(0);
        device.bind();
        try (var stream = device.open("boxes", () -> {});
                var chooser = new DeviceBoxes(stream, spec, 0);
                var pool = new CudaPool(stream, 1, elements.capacity());
                var pinned = new PinnedPool(device, 1, elements.capacity())) {
            var output = pool.take();
            upload(stream, pinned, elements, output.address(0));
            for (int again = 0; again < 2; again++) { // what one run leaves behind does not disturb the next
                var answer = chooser.choose(port, output.address(0), batch);
                for (int i = 0; i < ROWS; i++) {
                    check(i, readers.get(i), new OnHost(elements, port), answer, batch);
                    answer.release();
                }
            }
            output.release();
        }
    }

    private static void upload(CudaStream stream, PinnedPool pool, ByteBuffer elements, long to) throws Exception {
        var pinned = pool.take();
        pinned.writable(0).put(0, elements, 0, elements.capacity());
        stream.toDevice(to, pinned.pointer(0), elements.capacity());
        try (var copied = stream.event()) {
            copied.record();
            copied.await();
        }
        pinned.release();
    }

    private void check(int index, DetectionReader reader, Answer host, Answer device, Batch batch)
            throws StageException {
        var wanted = read(reader, row(batch, index), host);
        crowded += reader.beyond() > 0 ? 1 : 0;
        int beyond = reader.beyond();
        var seen = read(reader, row(batch, index), device);
        if (!wanted.equals(seen) || beyond != reader.beyond()) {
            throw new AssertionError("row %d: %d boxes instead of %d".formatted(index, seen.size(), wanted.size()));
        }
        boxes += wanted.size();
    }

    /** To the last bit. */
    private static List<Region> read(DetectionReader reader, Row row, Answer answer) throws StageException {
        var regions = new ArrayList<Region>();
        reader.forget();
        reader.read(row, answer, event -> regions.addAll(event.build().regions()));
        return regions;
    }

    private static Row row(Batch batch, int index) {
        var row = new Row(batch, index, () -> {});
        row.event = Event.about(MOMENT);
        return row;
    }

    /** Each row wants something else. */
    private static Settings settings(int row) {
        return new Settings(
                Optional.empty(),
                row == 0 ? 0.001f : 0.3f,
                row == 1 ? 0 : row == 2 ? 1 : 0.5f,
                row == 3 ? 7 : 1000,
                1,
                row == 4 ? Set.of("class 0", "class 2", "class 79") : Set.of(),
                List.of(),
                0,
                Fit.LETTERBOX,
                false,
                1,
                List.of(0f, 0f, 0f),
                List.of(1f, 1f, 1f));
    }

    private ByteBuffer elements(DType dtype, int classes, int anchors, double share) {
        int bytes = dtype.bits() / 8;
        var elements = ByteBuffer.allocateDirect(ROWS * (4 + classes) * anchors * bytes)
                .order(ByteOrder.nativeOrder());
        for (int row = 0; row < ROWS; row++) {
            for (int value = 0; value < 4 + classes; value++) {
                for (int anchor = 0; anchor < anchors; anchor++) {
                    float number = value < 2
                            ? random.nextFloat() * SIZE
                            : value < 4 ? 10 + random.nextFloat() * 100 : score(classes, share);
                    int at = ((row * (4 + classes) + value) * anchors + anchor) * bytes;
                    if (dtype == DType.F16) {
                        elements.putShort(at, HalfFloat.of(number));
                    } else {
                        elements.putFloat(at, number);
                    }
                }
            }
        }
        return elements;
    }

    /** In steps, so that some are equal. */
    private float score(int classes, double share) {
        return random.nextDouble() < share / classes ? 0.3f + random.nextInt(800) / 1000f : 0;
    }

    /** The outputs, for the CPU. */
    private record OnHost(ByteBuffer elements, ModelPort port) implements Answer {

        @Override
        public ByteBuffer output(int index) {
            return elements;
        }

        @Override
        public List<ModelPort> outputs() {
            return List.of(port);
        }

        @Override
        public void release() {}
    }
}
