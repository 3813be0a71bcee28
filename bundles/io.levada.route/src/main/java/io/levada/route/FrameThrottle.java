/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.route;

import io.levada.api.media.Format;
import io.levada.api.media.Rational;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Lets so many frames a second through, evenly in time. It takes frames, not packets: most of those can't be left out
 * without spoiling what follows.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "route.throttle", accepts = "frame:video@any", emits = "same", work = Work.LIGHT)
@Designate(ocd = FrameThrottle.Config.class)
public final class FrameThrottle implements Transform<VideoFrame> {

    /** Its parameter can be changed while it runs. */
    @ObjectClassDefinition(
            name = "Throttle",
            description = "Lets so many frames a second through and drops the others, evenly. For packets put it behind"
                    + " their decoder")
    public @interface Config {

        @AttributeDefinition(
                name = "Frames a second",
                description = "How many are let through at most: 5, 0.5 (one in two seconds), 30000/1001")
        String fps();
    }

    private static final double SECOND = 1e9;
    private static final int HIGHEST = 1000;

    private Rational rate = Rational.ONE;
    private VideoFormat incoming;
    private VideoFormat outgoing;
    /** Running time from which frames are counted. */
    private long origin;

    private long slot;
    private boolean begun;
    private volatile long dropped;

    @Override
    public void open(StageContext context) throws StageException {
        rate = rate(context);
        context.gauge("dropped", () -> dropped);
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        var changed = rate(context);
        if (!changed.equals(rate)) {
            rate = changed;
            outgoing = null;
            begun = false;
        }
        return true;
    }

    private static Rational rate(StageContext context) throws StageException {
        var text = context.config(Config.class).fps().strip();
        if (text.matches("\\d{1,6}/\\d{1,6}")) {
            var parts = text.split("/");
            return positive(text, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }
        if (text.matches("\\d{1,4}(\\.\\d{1,3})?")) {
            return positive(text, (int) Math.round(Double.parseDouble(text) * 1000), 1000);
        }
        throw wrong(text);
    }

    private static Rational positive(String text, int num, int den) throws StageException {
        if (num <= 0 || den <= 0 || num > (long) HIGHEST * den) {
            throw wrong(text);
        }
        return num % den == 0 ? new Rational(num / den, 1) : new Rational(num, den);
    }

    private static StageException wrong(String text) {
        return StageException.invalid("'" + text + "' is no number of frames a second above 0 and up to " + HIGHEST)
                .parameter("fps")
                .remedy("such as 5, 0.5 or 30000/1001");
    }

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        if (!(format instanceof VideoFormat video)) {
            throw StageException.invalid("route.throttle thins out pictures, not " + format)
                    .parameter("from")
                    .remedy("put it behind the decoder");
        }
        incoming = video;
        begun = false;
        announce(out);
    }

    private void announce(Output out) {
        boolean thinner = !incoming.frameRate().known() || incoming.frameRate().value() > rate.value();
        outgoing = thinner ? incoming.toBuilder().frameRate(rate).build() : incoming;
        out.format(outgoing);
    }

    @Override
    public void process(Input input, VideoFrame frame, Output out) {
        if (outgoing == null) {
            announce(out);
        }
        if (!due(frame)) {
            dropped++; // this thread alone writes it
            return;
        }
        frame.retain();
        out.emit(
                outgoing == incoming
                        ? frame
                        : frame.toBuilder().format(outgoing).build());
    }

    /** A frame goes through when it is the first in its slot of time; half a frame early is in time. */
    private boolean due(VideoFrame frame) {
        long time = frame.stamp().runningTime();
        long slack = incoming.timeBase().toNanos(Math.max(0, frame.duration())) / 2;
        long now = begun ? (long) Math.floor((time - origin + slack) / SECOND * rate.value()) : 0;
        if (begun && now <= slot && now >= 0) {
            return false;
        }
        if (!begun || now < 0) {
            begun = true;
            origin = time;
            now = 0;
        }
        slot = now;
        return true;
    }

    @Override
    public void flush() {
        begun = false;
    }

    @Override
    public void close() {}
}
