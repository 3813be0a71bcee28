/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.Input;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;

/** A well-behaved sink. */
final class CountingSink implements Sink<Sample> {

    private long count;

    @Override
    public void open(StageContext context) {
        context.gauge("count", () -> count);
    }

    @Override
    public void format(Input input, Format format) throws StageException {
        if (!(format instanceof VideoFormat || format instanceof AudioFormat)) {
            throw StageException.invalid("only frames are counted, not " + format);
        }
    }

    @Override
    public void process(Input input, Sample sample) {
        count++;
    }

    @Override
    public void close() {}
}
