/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.FFmpegErrors;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.FrameEmitter;
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
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "decoder.ffmpeg",
        role = "decoder",
        accepts = {"packet:video", "packet:audio"},
        emits = "frame",
        extras = "ffmpeg.",
        work = Work.HEAVY)
@Designate(ocd = FFmpegDecoder.Config.class)
public final class FFmpegDecoder implements Transform<Packet> {

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

    /** Not every stream marks its keyframes: after so many packets it is entered anywhere. */
    private static final int KEYFRAME_PATIENCE = 300;

    /** A stream of which nothing can be decoded for so long is given up. */
    private static final int ERRORS_IN_A_ROW = 250;

    private StageContext context;
    private Config config;
    private Map<String, String> extras;
    private FFmpegLog log;

    private PacketFormat format;
    private Decoder decoder;
    private FrameEmitter emitter;

    private boolean entered;
    private int waited;
    private int failing;
    private volatile long skipped;
    private volatile long damaged;

    @Override
    public void open(StageContext context) {
        this.context = context;
        config = context.config(Config.class);
        extras = context.extras("ffmpeg.");
        log = FFmpegLog.of(context.id());
        context.gauge("skipped", () -> skipped);
        context.gauge("damaged", () -> damaged);
    }

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        if (format.equals(this.format) && decoder != null) {
            return;
        }
        closeDecoder();
        if (!(format instanceof PacketFormat packets)) {
            throw StageException.invalid("can't decode " + format + ": it is not encoded");
        }
        decoder = Decoder.open(packets, config.threads(), extras, log);
        emitter = new FrameEmitter(packets.kind(), packets.timeBase(), packets.frameRate());
        this.format = packets;
        enterAnew();
    }

    @Override
    public void process(Input input, Packet packet, Output out) throws StageException {
        if (!entered && !enters(input, packet)) {
            skipped++;
            return;
        }
        int error = decoder.send(packet);
        if (error == FFmpegErrors.AGAIN) { // it wants to be emptied first, which few decoders do
            receive(out);
            error = decoder.send(packet);
        }
        if (error < 0) {
            failed(error);
        }
        receive(out);
    }

    /** Whether the stream can be entered with this packet. */
    private boolean enters(Input input, Packet packet) {
        entered = packet.keyframe() || waited >= KEYFRAME_PATIENCE;
        if (!entered && waited++ == 0) {
            input.request(Request.keyframe());
        }
        return entered;
    }

    /** Emits what is ready; whether there may be more behind a damaged frame. */
    private boolean receive(Output out) throws StageException {
        int error = decoder.receive();
        while (error >= 0) {
            failing = 0;
            emitter.emit(decoder.frame(), decoder.findOrigin(), decoder.origins(), out);
            error = decoder.receive();
        }
        boolean damaged = error != FFmpegErrors.AGAIN && error != AVERROR_EOF;
        if (damaged) {
            failed(error);
        }
        return damaged;
    }

    private void failed(int error) throws StageException {
        damaged++;
        failing++;
        if (failing >= ERRORS_IN_A_ROW) {
            throw StageException.failed(FFmpegErrors.message(
                            error, "decode " + format + ", " + failing + " packets in a row", log.said()))
                    .remedy("check the stream; it may be encrypted, or not be " + format.codec());
        }
        context.warn(FFmpegErrors.message(error, "decode a packet of " + format.codec(), log.said()));
    }

    @Override
    public void drain(Output out) throws StageException {
        if (decoder == null) {
            return;
        }
        decoder.end();
        while (receive(out)) {
            // go on behind what is damaged; failed() sets the bound
        }
        decoder.flush();
        enterAnew();
    }

    @Override
    public void flush() {
        if (decoder != null) {
            decoder.flush();
            emitter.flush();
            enterAnew();
        }
    }

    private void enterAnew() {
        entered = format.kind() != MediaKind.VIDEO;
        waited = 0;
        failing = 0;
    }

    private void closeDecoder() {
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
    }

    @Override
    public void close() {
        closeDecoder();
        if (log != null) {
            log.close();
        }
    }
}
