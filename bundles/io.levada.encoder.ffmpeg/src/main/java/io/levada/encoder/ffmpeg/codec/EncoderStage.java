/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.Sample;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.Request;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.Transform;
import io.levada.ffmpeg.FFmpegLog;

/**
 * What encoders on libav have in common, whatever encodes: a keyframe when a consumer asks for one, another bit rate in
 * mid-stream where the codec can. Packets carry the stamp of the frame that they hold.
 */
public abstract class EncoderStage implements Transform<Sample> {

    private StageContext context;
    private FFmpegLog log;
    private Settings settings;
    private Format format;
    private Encoder encoder;
    private PacketFormat announced;
    private long bitrateLimit = Long.MAX_VALUE;

    /** The parameters, read. */
    protected abstract Settings settings(StageContext context) throws StageException;

    /** An open encoder for what comes in; closed by this. */
    protected abstract Encoder encoder(Format format, Settings settings, FFmpegLog log) throws StageException;

    /** Before an implementation's own part. */
    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        settings = settings(context);
        log = FFmpegLog.of(context.id());
        log.expect("forced frame type"); // x264, of a keyframe among keyframes
    }

    protected final StageContext context() {
        return context;
    }

    protected final Settings settings() {
        return settings;
    }

    protected final FFmpegLog log() {
        return log;
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
        encoder = encoder(format, settings, log);
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
        var changed = settings(context);
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
