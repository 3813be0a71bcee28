/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageException;

/**
 * Outputs of any other meaning, one event for each picture: the value of an output of one element by its name, each of a few
 * as {@code name.0}, and of many the least, greatest and mean, and where the greatest is.
 */
final class ValueReader implements Reader {

    private static final int FEW = 32;

    @Override
    public void read(Row row, Answer answer, EventSink events) throws StageException {
        for (int i = 0; i < answer.outputs().size(); i++) {
            var port = answer.outputs().get(i);
            if (port.rank() > 0 && port.length(0) > row.index) {
                describe(row, port.name(), new Elements(answer.output(i), port, row.index));
            }
        }
        events.emit(row.event);
    }

    private static void describe(Row row, String name, Elements elements) {
        int count = elements.count();
        if (count == 1) {
            row.event.put(name, (double) elements.get(0));
        } else if (count <= FEW) {
            for (int i = 0; i < count; i++) {
                row.event.put(name + "." + i, (double) elements.get(i));
            }
        } else {
            summarise(row, name, elements);
        }
    }

    private static void summarise(Row row, String name, Elements elements) {
        double sum = 0;
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        int at = 0;
        for (int i = 0; i < elements.count(); i++) {
            float value = elements.get(i);
            sum += value;
            least = Math.min(least, value);
            if (value > most) {
                most = value;
                at = i;
            }
        }
        row.event
                .put(name + ".min", (double) least)
                .put(name + ".max", (double) most)
                .put(name + ".argmax", (long) at)
                .put(name + ".mean", sum / elements.count());
    }
}
