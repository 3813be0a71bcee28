/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageException;
import java.util.List;

/** The best classes of a classification, one event for each picture: {@code label}, {@code score}, {@code label2}, ... */
final class ClassReader implements Reader {

    private final int output;
    private final Settings settings;
    private final List<String> names;
    private float[] scores = new float[0];

    ClassReader(ModelSpec spec, int output, Settings settings) throws StageException {
        this.output = output;
        this.settings = settings;
        this.names = Names.of(spec, settings);
    }

    static boolean fits(ModelPort port) {
        return port.rank() == 2 && port.length(1) > 1;
    }

    @Override
    public void read(Row row, Answer answer, EventSink events) throws StageException {
        var elements = new Elements(answer.output(output), answer.outputs().get(output), row.index);
        int classes = elements.count();
        if (scores.length != classes) {
            scores = new float[classes];
        }
        elements.read(0, scores, classes);
        toProbabilities();
        var event = row.event;
        int told = 0;
        for (int i = 0; i < settings.top() && i < classes; i++) {
            int best = best();
            var label = Names.of(names, best);
            boolean wanted = settings.classes().isEmpty() || settings.classes().contains(label);
            if (scores[best] >= settings.score() && wanted) {
                told++;
                event.put(told == 1 ? "label" : "label" + told, label);
                event.put(told == 1 ? "score" : "score" + told, (double) scores[best]);
            }
            scores[best] = -1;
        }
        if (told > 0) {
            events.emit(event);
        }
    }

    private int best() {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    /** What does not lie between 0 and 1 or does not add up to 1 are logits. */
    private void toProbabilities() {
        double sum = 0;
        float most = Float.NEGATIVE_INFINITY;
        boolean negative = false;
        for (float score : scores) {
            sum += score;
            most = Math.max(most, score);
            negative |= score < 0;
        }
        if (!negative && Math.abs(sum - 1) < 0.02) {
            return;
        }
        double all = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) Math.exp(scores[i] - most);
            all += scores[i];
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= (float) all;
        }
    }
}
