/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.test;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NONE;
import static org.bytedeco.ffmpeg.global.avutil.av_get_pix_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_parse_video_rate;
import static org.bytedeco.ffmpeg.global.avutil.av_parse_video_size;
import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.media.MediaKind;
import io.levada.api.media.Rational;
import io.levada.api.media.Stamp;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.Output;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Pacer;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.Formats;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.IntPointer;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** A picture and a tone without a camera, in step with each other. */
@Component(scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(
        value = "source.test",
        emits = {"frame:video", "frame:audio"},
        work = Work.HEAVY)
@Designate(ocd = TestSource.Config.class)
public final class TestSource implements Source {

    @ObjectClassDefinition(
            name = "Test source",
            description = "Makes a test picture and a test tone, or whatever FFmpeg's filters can make out of nothing")
    public @interface Config {

        @AttributeDefinition(
                description =
                        "FFmpeg's name of a picture source: testsrc2, testsrc, smptehdbars, mandelbrot, ...; none for"
                                + " no video")
        String pattern() default "testsrc2";

        @AttributeDefinition(description = "The picture's size, such as 1280x720 or hd1080; 8192x8192 at most")
        String size() default "640x360";

        @AttributeDefinition(description = "Pictures a second, such as 25 or 30000/1001; 1000 at most")
        String rate() default "25";

        @AttributeDefinition(description = "FFmpeg's name of the pixel format, such as yuv420p or nv12")
        String pixel$_$format() default "yuv420p";

        @AttributeDefinition(description = "The tone in Hz; 0 for no audio", min = "0", max = "20000")
        int tone() default 440;

        @AttributeDefinition(description = "Audio samples a second", min = "8000", max = "192000")
        int sample$_$rate() default 48_000;

        @AttributeDefinition(description = "Audio channels", min = "1", max = "8")
        int channels() default 2;

        @AttributeDefinition(
                description =
                        "Instead of pattern, size, rate and pixel-format: any filter graph with one video output, such as"
                                + " life=size=320x240,scale=640:480")
        String video() default "";

        @AttributeDefinition(
                description =
                        "Instead of tone, sample-rate and channels: any filter graph with one audio output, such as"
                                + " anoisesrc=color=pink")
        String audio() default "";

        @AttributeDefinition(description = "When it ends; 0 for never")
        String duration() default "0";

        @AttributeDefinition(
                description = "realtime: by the clock; fast: as fast as the consumers take it",
                options = {@Option("realtime"), @Option("fast")})
        String pace() default "realtime";
    }

    /** More pictures a second than any display or camera has; an unbounded rate would only take a core. */
    private static final int HIGHEST_RATE = 1000;

    /** Pixels of a side; the picture is made before anybody can ask for less. */
    private static final int LONGEST_SIDE = 8192;

    /** What goes out on a track. */
    private record Track(Signal signal, Output output, String source) {}

    private StageContext context;
    private FFmpegLog log;
    private boolean fast;
    private long duration;
    private long start;
    private int epoch;
    private Pacer pacer;
    private Signal video;
    private Signal audio;
    private List<Track> tracks = List.of();

    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        log = FFmpegLog.of(context.id());
        var config = context.config(Config.class);
        fast = config.pace().equals("fast");
        duration = Quantity.nanos("duration", config.duration());
        pacer = new Pacer(context.clock());
        log.enter();
        try {
            openSignals(config);
        } finally {
            log.exit();
        }
    }

    private void openSignals(Config config) throws StageException {
        if (!config.video().isBlank()) {
            video = Signal.open(MediaKind.VIDEO, config.video(), "video", log);
            var rate = ((VideoFormat) video.format()).frameRate();
            requireRate("video", rate, rate.toString());
        } else if (!config.pattern().equals("none")) {
            video = Signal.open(MediaKind.VIDEO, picture(config), "pattern", log);
        }
        if (!config.audio().isBlank()) {
            audio = Signal.open(MediaKind.AUDIO, config.audio(), "audio", log);
        } else if (config.tone() > 0) {
            audio = Signal.open(MediaKind.AUDIO, tone(config), "tone", log);
        }
        if (video == null && audio == null) {
            throw StageException.invalid("neither a picture nor a tone is wanted")
                    .parameter("pattern")
                    .remedy("name a pattern, or a tone above 0");
        }
    }

    private static String picture(Config config) throws StageException {
        if (!config.pattern().matches("[a-z0-9_]+")) {
            throw StageException.invalid("'" + config.pattern() + "' is no name of a filter")
                    .parameter("pattern")
                    .remedy("take testsrc2, smptehdbars, ...; a whole graph goes into video");
        }
        try (var width = new IntPointer(1);
                var height = new IntPointer(1);
                var rate = new AVRational()) {
            require("size", config.size(), av_parse_video_size(width, height, config.size()) >= 0, "640x360 or hd720");
            require("rate", config.rate(), av_parse_video_rate(rate, config.rate()) >= 0, "25 or 30000/1001");
            if (width.get() > LONGEST_SIDE || height.get() > LONGEST_SIDE) {
                throw StageException.invalid(
                                "a picture of " + width.get() + "x" + height.get() + " is larger than a test needs")
                        .parameter("size")
                        .remedy("take " + LONGEST_SIDE + "x" + LONGEST_SIDE + " or less");
            }
            requireRate(
                    "rate", Formats.rational(rate), config.rate()); // a parsed rate is capped, what was written is not
        }
        int format = av_get_pix_fmt(config.pixel$_$format());
        require("pixel-format", config.pixel$_$format(), format != AV_PIX_FMT_NONE, "yuv420p");
        return config.pattern() + "=size=" + config.size() + ":rate=" + config.rate() + ",format="
                + config.pixel$_$format();
    }

    private static void requireRate(String parameter, Rational rate, String shown) throws StageException {
        if (rate.known() && rate.value() > HIGHEST_RATE) {
            throw StageException.invalid(shown + " pictures a second are more than a test needs")
                    .parameter(parameter)
                    .remedy("take " + HIGHEST_RATE
                            + " or less; for pictures as fast as they can be made say pace = fast");
        }
    }

    private static void require(String parameter, String value, boolean good, String like) throws StageException {
        if (!good) {
            throw StageException.invalid("'" + value + "' is not like " + like)
                    .parameter(parameter)
                    .remedy("write it like that");
        }
    }

    private static String tone(Config config) {
        return "sine=frequency=" + config.tone() + ":sample_rate=" + config.sample$_$rate()
                + ",aformat=sample_fmts=fltp:channel_layouts=" + config.channels() + "c";
    }

    @Override
    public boolean live() {
        return !fast;
    }

    @Override
    public boolean produce(Outputs outputs) throws StageException {
        log.enter();
        try {
            if (tracks.isEmpty()) {
                announce(outputs);
            }
            return emitNext();
        } finally {
            log.exit();
        }
    }

    /** It asks for its start only now: a source that takes over from another is opened before that one has ended. */
    private void announce(Outputs outputs) {
        start = context.runningStart();
        if (video != null) {
            start = onGrid(start, video.timeBase()); // so that the tone stays in step with the picture
        }
        epoch = context.firstEpoch();
        List<Track> announced = new ArrayList<>();
        for (var signal : new Signal[] {video, audio}) {
            if (signal != null) {
                String name = signal == video ? "video" : "audio";
                var track = new Track(signal, outputs.track(name), context.id() + ":" + name);
                track.output().format(signal.format());
                announced.add(track);
            }
        }
        tracks = announced;
    }

    /** The first tick that is not before a time, in nanoseconds. */
    private static long onGrid(long nanos, TimeBase timeBase) {
        long ticks = timeBase.fromNanos(nanos);
        long rounded = timeBase.toNanos(ticks);
        return rounded < nanos ? timeBase.toNanos(ticks + 1) : rounded;
    }

    private boolean emitNext() throws StageException {
        Track next = null;
        for (int i = 0; i < tracks.size(); i++) {
            var track = tracks.get(i);
            if (!track.signal().ended()
                    && (next == null || track.signal().nanos() < next.signal().nanos())) {
                next = track;
            }
        }
        if (next == null || duration > 0 && next.signal().nanos() >= duration) {
            return false;
        }
        var signal = next.signal();
        long pts = signal.ticks() + signal.timeBase().fromNanos(start);
        long runningTime = signal.timeBase().toNanos(pts);
        if (!fast && !pacer.await(runningTime)) {
            return true;
        }
        var clock = context.clock();
        var stamp = Stamp.of(next.source(), epoch, pts, runningTime, clock.nanoTime(), clock.wallTime());
        next.output().format(signal.format());
        next.output().emit(signal.take(stamp, pts));
        return true;
    }

    @Override
    public void close() {
        if (video != null) {
            video.close();
        }
        if (audio != null) {
            audio.close();
        }
        if (log != null) {
            log.close();
        }
    }
}
