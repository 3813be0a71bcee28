/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.stage.Outputs;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.Interrupts;
import io.levada.ffmpeg.Urls;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.ffmpeg.global.avutil;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Plays a file or whatever else libavformat opens. Packets are those of the container, bit for bit, in its bit stream
 * format; only their times are mapped onto the node's running time.
 *
 * <p>Its thread reads, paces and emits; libav is never waited for longer than the timeouts, nor after {@link #interrupt}.
 */
@Component(scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(
        value = "source.media",
        emits = {"packet:video", "packet:audio", "packet:subtitle", "packet:data"},
        extras = "ffmpeg.",
        work = Work.BLOCKING)
@Designate(ocd = MediaSource.Config.class)
public final class MediaSource implements Source {

    @ObjectClassDefinition(
            name = "Media source",
            description = "Plays a file, a camera's stream or any other URL that FFmpeg's libavformat opens."
                    + " Options of FFmpeg's demuxers and protocols are given as ffmpeg.KEY.")
    public @interface Config {

        @AttributeDefinition(
                description = "A file (relative to the node's home) or a URL: rtsp, http, hls, srt, rtmp, udp, ...")
        String url();

        @AttributeDefinition(
                description = "realtime: a file plays at its own speed; fast: as fast as the consumers take it."
                        + " A peer that sends at its own pace is never slowed down",
                options = {@Option("realtime"), @Option("fast")})
        String pace() default "realtime";

        @AttributeDefinition(description = "Begin again at the end, without a jump in time")
        boolean loop() default false;

        @AttributeDefinition(
                description = "Where to begin: a duration from the content's start; it begins at a keyframe nearby,"
                        + " the one before where the container has an index."
                        + " Rounds of a loop begin there, too")
        String start() default "0";

        @AttributeDefinition(description = "How long a peer may take to answer")
        String connect$_$timeout() default "5 s";

        @AttributeDefinition(description = "How long a peer may send nothing")
        String read$_$timeout() default "10 s";

        @AttributeDefinition(
                description = "FFmpeg's name of the container where it can't be found out: mpegts, h264, rawvideo, ...")
        String format() default "";
    }

    private StageContext context;
    private Config config;
    private Settings settings;
    private Interrupts interrupts;
    private FFmpegLog log;
    private Playback playback;
    private volatile boolean interrupted;

    /** A file that is not there is told now, so that a change of what runs is refused; a peer may answer later. */
    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        log = FFmpegLog.of(context.id());
        log.expect("Packet corrupt"); // the warnings of the stage count them
        config = context.config(Config.class);
        settings = settings(context, config);
        interrupts = Interrupts.when(this::told);
        settings.location().check();
        if (settings.location().missing()) {
            throw Failures.ofOpening(settings, avutil.AVERROR_ENOENT(), false, "");
        }
    }

    private static Settings settings(StageContext context, Config config) throws StageException {
        Map<String, String> options = new TreeMap<>(context.extras("ffmpeg."));
        return new Settings(
                Location.of(config.url(), context),
                Urls.masked(config.url().strip()),
                config.pace().equals("fast"),
                config.loop(),
                duration("start", config.start(), true),
                duration("connect-timeout", config.connect$_$timeout(), false),
                duration("read-timeout", config.read$_$timeout(), false),
                config.format().strip(),
                options);
    }

    private static long duration(String parameter, String text, boolean zeroAllowed) throws StageException {
        long nanos = Quantity.nanos(parameter, text);
        if (nanos == 0 && !zeroAllowed) {
            throw StageException.invalid("a time-out of 0 would never let anything come")
                    .parameter(parameter);
        }
        return nanos;
    }

    @Override
    public boolean live() {
        return settings.live();
    }

    @Override
    public boolean produce(Outputs outputs) throws StageException {
        interrupted = false;
        log.enter();
        try {
            if (playback == null) {
                NameLookup.resolve(settings, this::told);
                playback = new Playback(settings, context, outputs, interrupts, this::told, log);
                return true;
            }
            return playback.step();
        } finally {
            log.exit();
        }
    }

    private boolean told() {
        return interrupted || context.stopping();
    }

    @Override
    public void interrupt() {
        interrupted = true;
    }

    /** Only {@code loop} changes in mid-play. */
    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        var changed = settings(context, context.config(Config.class));
        if (!changed.withLoop(settings.loop()).equals(settings)) {
            return false;
        }
        settings = changed;
        if (playback != null) {
            playback.settings(changed);
        }
        return true;
    }

    @Override
    public void close() {
        if (playback != null) {
            playback.close();
            playback = null;
        }
        if (interrupts != null) {
            interrupts.close();
        }
        if (log != null) {
            log.close();
        }
    }
}
