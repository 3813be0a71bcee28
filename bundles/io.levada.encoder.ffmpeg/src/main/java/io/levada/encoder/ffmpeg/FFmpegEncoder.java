/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg;

import io.levada.api.media.Format;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.encoder.ffmpeg.codec.Encoder;
import io.levada.encoder.ffmpeg.codec.EncoderStage;
import io.levada.encoder.ffmpeg.codec.Settings;
import io.levada.ffmpeg.FFmpegLog;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Encodes video and audio in software. Set for low delay unless told otherwise.
 */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "encoder.ffmpeg",
        role = "encoder",
        accepts = {"frame:video", "frame:audio"},
        emits = "packet",
        extras = "ffmpeg.",
        work = Work.HEAVY)
@Designate(ocd = FFmpegEncoder.Config.class)
public final class FFmpegEncoder extends EncoderStage {

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

    @Override
    protected Settings settings(StageContext context) throws StageException {
        var config = context.config(Config.class);
        return Settings.of(
                config.codec(),
                config.bitrate(),
                config.rc(),
                config.gop(),
                config.preset(),
                config.latency(),
                config.profile(),
                config.bframes(),
                config.threads(),
                context.extras("ffmpeg."));
    }

    @Override
    protected Encoder encoder(Format format, Settings settings, FFmpegLog log) throws StageException {
        return Encoder.open(format, settings, log);
    }
}
