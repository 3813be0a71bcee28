/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.FFmpegLog;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Encodes video and audio in software. Set for low delay unless told otherwise; makes a keyframe when a consumer asks for
 * one; takes another bit rate while it runs where the codec can. Packets carry the stamp of the frame that they hold.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "encoder.ffmpeg",
        role = "encoder",
        accepts = {"frame:video", "frame:audio"},
        emits = "packet",
        extras = "ffmpeg.",
        work = Work.HEAVY)
@Designate(ocd = FFmpegEncoder.Config.class)
public final class FFmpegEncoder implements Transform<Sample> {

    /** The parameters. */
    @ObjectClassDefinition(
            name = "FFmpeg encoder",
            description =
                    "Encodes video and audio in software by libavcodec; further options of the codec as ffmpeg.KEY")
    public @interface Config {

        @AttributeDefinition(
                description =
                        "A format (h264, hevc, av1, vp9, vp8, mjpeg, aac, opus, mp3, ...) or one of FFmpeg's encoders"
                                + " (libx264, libopenh264, ...); empty for h264 or aac")
        String codec() default "";

        @AttributeDefinition(
                description =
                        "Bits a second, such as 2M or 128 kbit/s; empty to encode video by quality and audio at the"
                                + " codec's usual rate")
        String bitrate() default "";

        @AttributeDefinition(
                description =
                        "Rate control of video: vbr keeps the bit rate on average, cbr all the time, crf keeps the"
                                + " quality with the bit rate as its cap; auto is vbr with a bit rate and crf without",
                options = {
                    @Option(label = "auto", value = "auto"),
                    @Option(label = "vbr", value = "vbr"),
                    @Option(label = "cbr", value = "cbr"),
                    @Option(label = "crf", value = "crf")
                })
        String rc() default "auto";

        @AttributeDefinition(
                description = "From keyframe to keyframe at most: a time such as 2 s, or a number of frames")
        String gop() default "2 s";

        @AttributeDefinition(
                description = "Speed against size: ultrafast, superfast, veryfast, faster, fast, medium, slow, slower,"
                        + " veryslow, or the encoder's own; empty for what suits the latency")
        String preset() default "";

        @AttributeDefinition(
                description = "low: a frame comes out as soon as it is in, for live streams; normal: the codec may look"
                        + " ahead and reorder, for files",
                options = {@Option(label = "low", value = "low"), @Option(label = "normal", value = "normal")})
        String latency() default "low";

        @AttributeDefinition(
                description = "The codec's profile, such as baseline, main, high; empty for the codec's choice")
        String profile() default "";

        @AttributeDefinition(
                description = "B-frames in a row; -1 for none at low latency, else the codec's choice",
                min = "-1",
                max = "16")
        int bframes() default -1;

        @AttributeDefinition(
                description = "Threads of the codec's own beside the pipeline's; 0 for as many as there are cores",
                min = "0",
                max = "64")
        int threads() default 1;
    }

    private StageContext context;
    private FFmpegLog log;
    private Settings settings;
    private Format format;
    private Encoder encoder;
    private PacketFormat announced;
    private long bitrateLimit = Long.MAX_VALUE;

    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        settings = Settings.of(context.config(Config.class), context.extras("ffmpeg."));
        log = FFmpegLog.of(context.id());
        log.expect("forced frame type"); // x264, of a keyframe among keyframes
    }

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        if (encoder != null && format.equals(this.format)) {
            return;
        }
        closeEncoder();
        this.format = format;
        openEncoder(out);
    }

    private void openEncoder(Output out) throws StageException {
        encoder = Encoder.open(format, settings, log);
        if (bitrateLimit < Long.MAX_VALUE) {
            encoder.limit(bitrateLimit);
        }
        var packets = encoder.format();
        if (!packets.equals(announced)) {
            announced = packets;
            out.format(packets);
        }
    }

    @Override
    public void process(Input input, Sample frame, Output out) throws StageException {
        if (encoder == null) { // drained or flushed before
            openEncoder(out);
        }
        encoder.encode(frame, out);
    }

    /** A codec that was drained takes nothing more; the next frame opens it again. */
    @Override
    public void drain(Output out) throws StageException {
        if (encoder != null) {
            try {
                encoder.finish(out);
            } finally {
                closeEncoder();
            }
        }
    }

    @Override
    public void flush() {
        closeEncoder();
    }

    @Override
    public boolean request(Request request) {
        return switch (request.kind()) {
            case KEYFRAME -> keyframe();
            case BITRATE -> limit(request.value());
            default -> false;
        };
    }

    /** Of audio and of a codec that is about to be opened every next packet is one anyway. */
    private boolean keyframe() {
        if (encoder != null && format.kind() == MediaKind.VIDEO) {
            encoder.forceKeyframe();
        }
        return true;
    }

    private boolean limit(long bitsPerSecond) {
        if (encoder == null || bitsPerSecond <= 0 || !encoder.limit(bitsPerSecond)) {
            return false;
        }
        bitrateLimit = bitsPerSecond;
        return true;
    }

    /** Another bit rate is taken in mid-stream where the codec can; anything else needs a new instance. */
    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        var changed = Settings.of(context.config(Config.class), context.extras("ffmpeg."));
        if (changed.equals(settings)) {
            return true;
        }
        if (encoder == null || !changed.withBitrate(settings.bitrate()).equals(settings) || !encoder.bitrate(changed)) {
            return false;
        }
        settings = changed;
        return true;
    }

    private void closeEncoder() {
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
    }

    @Override
    public void close() {
        closeEncoder();
        if (log != null) {
            log.close();
        }
    }
}
