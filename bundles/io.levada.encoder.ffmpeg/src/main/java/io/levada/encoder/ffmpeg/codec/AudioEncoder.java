/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.ffmpeg.codec;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_CAP_VARIABLE_FRAME_SIZE;
import static org.bytedeco.ffmpeg.global.avutil.AV_CHANNEL_ORDER_UNSPEC;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_compare;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_uninit;
import static org.bytedeco.ffmpeg.global.avutil.av_get_sample_fmt_name;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.AudioFrame;
import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.FilterGraph;
import io.levada.ffmpeg.Formats;
import io.levada.ffmpeg.Frames;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avutil.AVChannelLayout;

/** Encodes sound, in frames of the codec's size, whatever the size of those that come in. Time is counted in samples. */
final class AudioEncoder extends Encoder {

    /** Coarse ticks of containers jitter by less; what is more is a hole in the sound. */
    private static final long JITTER_NANOS = 20_000_000;

    private static final int OPUS_CHANNEL_RATE = 48_000;

    private TimeBase in;
    private TimeBase samplesIn;
    private TimeBase timeBase;
    private TimeBase converted;
    private long jitter;
    private long next = Sample.NO_TIME;

    AudioEncoder(AVCodec codec, Settings settings, FFmpegLog log) {
        super(codec, settings, log);
    }

    @Override
    void open(Format format) throws StageException {
        var audio = (AudioFormat) format;
        if (audio.channelLayout().isEmpty()) {
            audio = audio.toBuilder()
                    .channelLayout(Formats.usualLayout(audio.channels()))
                    .build();
        }
        in = audio.timeBase();
        samplesIn = new TimeBase(1, audio.sampleRate());
        jitter = samplesIn.fromNanos(JITTER_NANOS);
        int given = Formats.sampleFormat(audio.sampleFormat());
        context.sample_fmt(Conversions.sampleFormat(context, codec, given, settings.extras()));
        context.sample_rate(Conversions.sampleRate(context, codec, audio.sampleRate()));
        boolean sameLayout = layout(audio);
        timeBase = new TimeBase(1, context.sample_rate());
        context.time_base(Formats.rational(timeBase));
        if (settings.bitrate() > 0) {
            context.bit_rate(settings.bitrate());
        } else if (name().equals("libopus")) {
            context.bit_rate((long) OPUS_CHANNEL_RATE * context.ch_layout().nb_channels()); // else it warns each time
        }
        openCodec(settings.profile().isEmpty() ? Map.of() : Map.of("profile", settings.profile()));
        boolean same = sameLayout && context.sample_fmt() == given && context.sample_rate() == audio.sampleRate();
        convert(audio, same);
    }

    private boolean layout(AudioFormat audio) {
        var given = new AVChannelLayout();
        try {
            Formats.layout(audio.channelLayout(), audio.channels(), given);
            Conversions.layout(context, codec, given, context.ch_layout());
            return av_channel_layout_compare(given, context.ch_layout()) == 0;
        } finally {
            av_channel_layout_uninit(given);
            given.close();
        }
    }

    private void convert(AudioFormat audio, boolean same) throws StageException {
        boolean anySize = context.frame_size() == 0 || (codec.capabilities() & AV_CODEC_CAP_VARIABLE_FRAME_SIZE) != 0;
        converted = timeBase;
        if (same && anySize) {
            return;
        }
        var filters = "aformat=sample_fmts="
                + av_get_sample_fmt_name(context.sample_fmt()).getString()
                + ":sample_rates=" + context.sample_rate()
                + ":channel_layouts=" + Formats.describe(context.ch_layout());
        var samples = audio.toBuilder().timeBase(samplesIn).build();
        conversion = FilterGraph.open(samples, same ? "anull" : filters, settings.threads(), log);
        converted = conversion.timeBase();
        if (!anySize) {
            conversion.frameSize(context.frame_size());
        }
    }

    @Override
    void encode(Sample sample, Output out) throws StageException {
        var sound = (AudioFrame) sample;
        long pts = contiguous(in.rescaleTo(samplesIn, sample.pts()), sound.samples());
        origins.add(sample, samplesIn.rescaleTo(timeBase, pts));
        Frames.reference(sound, frame);
        frame.pts(pts).duration(sound.samples());
        if (frame.ch_layout().order() == AV_CHANNEL_ORDER_UNSPEC) {
            Formats.layout("", sound.format().channels(), frame.ch_layout());
        }
        convertAndSend(out);
    }

    /** Where the sound goes on without a hole its times do too, to the sample. */
    private long contiguous(long pts, int samples) {
        if (next != Sample.NO_TIME && (pts == Sample.NO_TIME || Math.abs(pts - next) <= jitter)) {
            pts = next;
        } else if (pts == Sample.NO_TIME) {
            pts = 0;
        }
        next = pts + samples;
        return pts;
    }

    @Override
    void converted() {
        if (!converted.equals(timeBase)) {
            frame.pts(converted.rescaleTo(timeBase, frame.pts()));
        }
    }

    @Override
    TimeBase timeBase() {
        return timeBase;
    }

    /** Packets of audio codecs say how long they last; one frame where they do not. */
    @Override
    long usualDuration() {
        return context.frame_size();
    }
}
