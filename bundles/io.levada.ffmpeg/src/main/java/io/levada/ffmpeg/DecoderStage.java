/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

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
import io.levada.api.stage.Transform;

/**
 * What decoders on libav have in common, whatever decodes: frames carry the stamp of the packet that they were coded in;
 * damaged packets are counted and stepped over; a stream is entered at its first keyframe.
 */
public abstract class DecoderStage implements Transform<Packet> {

    /** Not every stream marks its keyframes: after so many packets it is entered anywhere. */
    private static final int KEYFRAME_PATIENCE = 300;

    /** A stream of which nothing can be decoded for so long is given up. */
    private static final int ERRORS_IN_A_ROW = 250;

    private StageContext context;
    private FFmpegLog log;

    private PacketFormat format;
    private Decoder decoder;
    private FrameEmitter emitter;

    private boolean entered;
    private int waited;
    private int failing;
    private volatile long skipped;
    private volatile long damaged;

    /** Before an implementation's own part. */
    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        log = FFmpegLog.of(context.id());
        context.gauge("skipped", () -> skipped);
        context.gauge("damaged", () -> damaged);
    }

    /** An open decoder for the format; closed by this. */
    protected abstract Decoder decoder(PacketFormat format, FFmpegLog log) throws StageException;

    /** What puts the frames out. */
    protected FrameEmitter emitter(PacketFormat format) {
        return new FrameEmitter(format.kind(), format.timeBase(), format.frameRate());
    }

    /** A frame has come out and is about to be emitted. */
    protected void received(FrameEmitter emitter) throws StageException {}

    /** A packet could not be decoded; says whether that is the end, by throwing. */
    protected void failing(PacketFormat format, String message) throws StageException {}

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        if (format.equals(this.format) && decoder != null) {
            return;
        }
        closeDecoder();
        if (!(format instanceof PacketFormat packets)) {
            throw StageException.invalid("can't decode " + format + ": it is not encoded");
        }
        decoder = decoder(packets, log);
        emitter = emitter(packets);
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
            received(emitter);
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
        var said = log.said();
        failing(format, FFmpegErrors.reason(error, said));
        if (failing >= ERRORS_IN_A_ROW) {
            throw StageException.failed(FFmpegErrors.message(
                            error, "decode " + format + ", " + failing + " packets in a row", said))
                    .remedy("check the stream; it may be encrypted, or not be " + format.codec());
        }
        context.warn(FFmpegErrors.message(error, "decode a packet of " + format.codec(), said));
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
