/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.Event;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Boxes of the YOLOv8 and 11 family: [batch, 4 + classes, anchors] with centre and size in pixels of the input, or, exported
 * with NMS, [batch, boxes, 6] with corners, score and class. Emits one event for each picture in which something is, and one
 * without regions for the first in which nothing is any more.
 */
final class DetectionReader implements Reader {

    private final ModelSpec spec;
    private final int output;
    private final boolean suppressed;
    private final Settings settings;
    private final List<String> names;
    private final Boxes boxes = new Boxes();
    private final Optional<BoxQuery> query;
    private float[] values = new float[0];
    private float[] best = new float[0];
    private int[] kinds = new int[0];
    private boolean told;

    DetectionReader(ModelSpec spec, int output, Settings settings) throws StageException {
        this.spec = spec;
        this.output = output;
        this.settings = settings;
        this.suppressed = suppressed(spec.outputs().get(output));
        this.names = Names.of(spec, settings);
        this.query = suppressed ? Optional.empty() : Optional.of(new BoxQuery(output, settings, this::wanted));
    }

    static boolean fits(ModelPort port) {
        return port.rank() == 3 && (suppressed(port) || port.length(1) < 0 || port.length(1) > 4);
    }

    /** Whether it says of each anchor what may be there, of which the best is to be chosen. */
    static boolean anchors(ModelPort port) {
        return fits(port) && !suppressed(port);
    }

    /** @throws StageException when an output did not come out as what was {@link #fits expected} of it */
    static void requireBoxes(ModelPort port) throws StageException {
        if (port.rank() != 3 || port.length(1) < 0 || !suppressed(port) && port.length(1) < 5) {
            throw StageException.invalid("the model puts out " + port + ", in which are no boxes")
                    .parameter("task")
                    .remedy(
                            "write task = tensor to have plain values, or export it with [batch, 4 + classes, anchors]");
        }
    }

    private static boolean suppressed(ModelPort port) {
        return port.length(2) == 6;
    }

    @Override
    public void read(Row row, Answer answer, EventSink events) throws StageException {
        boxes.clear();
        int found = answer.boxes(row.index, boxes) ? boxes.all() : choose(row, answer);
        if (found > 0 || told) {
            told = found > 0;
            events.emit(describe(row, found));
        }
    }

    private int choose(Row row, Answer answer) throws StageException {
        var port = answer.outputs().get(output);
        requireBoxes(port);
        var elements = new Elements(answer.output(output), port, row.index);
        if (suppressed) {
            readBoxes(elements, (int) port.length(1));
        } else {
            readAnchors(elements, (int) port.length(1) - 4, (int) port.length(2));
        }
        return boxes.suppress(suppressed ? 1 : settings.overlap(), settings.most());
    }

    @Override
    public Optional<BoxQuery> query() {
        return query;
    }

    @Override
    public int beyond() {
        return boxes.beyond();
    }

    /** Class by class over all anchors, which is the order in which they lie in memory. */
    private void readAnchors(Elements elements, int classes, int anchors) {
        reserve(anchors);
        for (int anchor = 0; anchor < anchors; anchor++) {
            best[anchor] = 0;
        }
        for (int kind = 0; kind < classes; kind++) {
            elements.read((4 + kind) * anchors, values, anchors);
            for (int anchor = 0; anchor < anchors; anchor++) {
                if (values[anchor] > best[anchor]) {
                    best[anchor] = values[anchor];
                    kinds[anchor] = kind;
                }
            }
        }
        for (int anchor = 0; anchor < anchors; anchor++) {
            if (best[anchor] >= settings.score() && wanted(kinds[anchor])) {
                float x = elements.get(anchor);
                float y = elements.get(anchors + anchor);
                float w = elements.get(2 * anchors + anchor) / 2;
                float h = elements.get(3 * anchors + anchor) / 2;
                add(x - w, y - h, x + w, y + h, best[anchor], kinds[anchor]);
            }
        }
    }

    private void readBoxes(Elements elements, int count) {
        for (int i = 0; i < count; i++) {
            float score = elements.get(6 * i + 4);
            int kind = (int) elements.get(6 * i + 5);
            if (score >= settings.score() && wanted(kind)) {
                add(
                        elements.get(6 * i),
                        elements.get(6 * i + 1),
                        elements.get(6 * i + 2),
                        elements.get(6 * i + 3),
                        score,
                        kind);
            }
        }
    }

    private void reserve(int anchors) {
        if (values.length < anchors) {
            values = new float[anchors];
            best = new float[anchors];
            kinds = new int[anchors];
        }
    }

    private boolean wanted(int kind) {
        Set<String> classes = settings.classes();
        return classes.isEmpty() || classes.contains(Names.of(names, kind));
    }

    private void add(float left, float top, float right, float bottom, float score, int kind) {
        float w = spec.width();
        float h = spec.height();
        boxes.add(left / w, top / h, right / w, bottom / h, Math.min(1, score), kind);
    }

    private Event.Builder describe(Row row, int found) {
        var event = row.event.put("objects", (long) found);
        for (int i = 0; i < found; i++) {
            int box = boxes.at(i);
            event.region(row.placement.region(
                    Names.of(names, boxes.kind(box)),
                    boxes.score(box),
                    boxes.left(box),
                    boxes.top(box),
                    boxes.right(box),
                    boxes.bottom(box)));
        }
        return event;
    }

    @Override
    public void forget() {
        told = false;
    }
}
