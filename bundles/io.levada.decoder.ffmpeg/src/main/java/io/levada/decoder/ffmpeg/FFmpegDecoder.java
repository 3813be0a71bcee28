/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.ffmpeg;

import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.Decoder;
import io.levada.ffmpeg.DecoderStage;
import io.levada.ffmpeg.FFmpegLog;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Decodes video and audio in software. Frames carry the stamp of the packet that they were coded in; damaged packets are
 * counted and stepped over; a stream is entered at its first keyframe.
 */
@Component(service = Transform.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "decoder.ffmpeg",
        role = "decoder",
        accepts = {"packet:video", "packet:audio"},
        emits = "frame",
        extras = "ffmpeg.",
        work = Work.HEAVY)
@Designate(ocd = FFmpegDecoder.Config.class)
public final class FFmpegDecoder extends DecoderStage {

    /** The parameters. */
    @ObjectClassDefinition(
            name = "FFmpeg decoder",
            description =
                    "Decodes video and audio in software by libavcodec; further options of the codec as ffmpeg.KEY")
    public @interface Config {

        @AttributeDefinition(
                description = "Threads of the codec's own beside the pipeline's; 0 for as many as there are cores. More"
                        + " than one costs a frame of delay each for most codecs",
                min = "0",
                max = "64")
        int threads() default 1;
    }

    private Config config;
    private Map<String, String> extras;

    @Override
    public void open(StageContext context) throws StageException {
        super.open(context);
        config = context.config(Config.class);
        extras = context.extras("ffmpeg.");
    }

    @Override
    protected Decoder decoder(PacketFormat format, FFmpegLog log) throws StageException {
        return Decoder.open(format, config.threads(), extras, log);
    }
}
