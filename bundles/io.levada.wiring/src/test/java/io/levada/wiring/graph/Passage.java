/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A transform that passes everything on as it is, some of it late if told to. */
public class Passage implements Transform<Sample> {

    private final int held;
    private final Set<String> refused;
    private final List<Sample> samples = new ArrayList<>();

    public Passage() {
        this(0);
    }

    /** @param held how many samples it holds back until it is drained */
    Passage(int held) {
        this(held, Set.of());
    }

    private Passage(int held, Set<String> refused) {
        this.held = held;
        this.refused = refused;
    }

    /** One that refuses formats whose text has one of the words. */
    static Passage refusing(String... words) {
        return new Passage(0, Set.of(words));
    }

    @Override
    public void open(StageContext context) {}

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        for (var word : refused) {
            if (format.toString().contains(word)) {
                throw StageException.invalid("can't do " + word);
            }
        }
        out.format(format);
    }

    @Override
    public void process(Input input, Sample sample, Output out) {
        sample.retain();
        samples.add(sample);
        while (samples.size() > held) {
            out.emit(samples.remove(0));
        }
    }

    @Override
    public void flush() {
        samples.forEach(Sample::release);
        samples.clear();
    }

    @Override
    public void drain(Output out) {
        samples.forEach(out::emit);
        samples.clear();
    }

    @Override
    public boolean request(Request request) {
        return false;
    }

    @Override
    public void close() {
        flush();
    }
}
