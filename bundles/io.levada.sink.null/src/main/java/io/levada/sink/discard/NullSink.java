/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.sink.discard;

import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.stage.Input;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Takes any number of tracks of anything, counts and forgets: for measuring, and to keep a branch at work. */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "sink.null", accepts = "*@any", many = true, work = Work.LIGHT)
@Designate(ocd = NullSink.Config.class)
public final class NullSink implements Sink<Sample> {

    /** It has none: the source paces, and what a link drops is said at {@code from}. */
    @ObjectClassDefinition(
            name = "Null sink",
            description =
                    "Takes anything, counts it and throws it away; for measuring and for branches without a consumer")
    public @interface Config {}

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int SAMPLES = 0;
    private static final int BYTES = 1;

    /** Written by the stage's thread alone, read by whoever looks at the gauges. */
    private final long[] counts = new long[2];

    @Override
    public void open(StageContext context) {
        context.gauge("samples", () -> (long) COUNT.getOpaque(counts, SAMPLES));
        context.gauge("bytes", () -> (long) COUNT.getOpaque(counts, BYTES));
    }

    @Override
    public boolean reconfigure(StageContext context) {
        return true;
    }

    @Override
    public void format(Input input, Format format) {
        // all are welcome
    }

    @Override
    public void process(Input input, Sample sample) {
        COUNT.setOpaque(counts, SAMPLES, counts[SAMPLES] + 1);
        COUNT.setOpaque(counts, BYTES, counts[BYTES] + sample.bytes());
    }

    @Override
    public void close() {
        // nothing is held
    }
}
