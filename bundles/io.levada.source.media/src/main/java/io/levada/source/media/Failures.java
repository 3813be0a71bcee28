/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXIT;

import io.levada.api.stage.StageException;
import io.levada.ffmpeg.FFmpegErrors;
import io.levada.ffmpeg.OpeningErrors;
import java.util.Locale;
import java.util.Optional;

/** What can go wrong between opening and the end, in words a user can act on. */
final class Failures {

    /** Content shorter than its header says by more than this part, and this time, was cut. */
    private static final double SHORTER = 0.97;

    private static final long SHORTER_NANOS = 500_000_000L;

    /** FFmpeg's words for a file whose index tells of more than it holds. */
    private static final String PARTIAL = "partial file";

    private static final String ONCE_MORE = "copy or record it once more";

    private Failures() {}

    /** @param late whether libav was made to give up because time was over; not every protocol then answers so */
    static StageException ofOpening(Settings settings, int error, boolean late, String said) {
        if (late) {
            return StageException.retry(
                            settings.shown() + " did not answer within " + seconds(settings.connectTimeout()))
                    .parameter("url")
                    .remedy("check that the peer is up and sends, or give it longer by connect-timeout");
        }
        return error == AVERROR_EXIT
                ? stopped(settings)
                : OpeningErrors.reading(error, settings.location().url(), said, "url");
    }

    /** The stage was told to stop; nobody will read this. */
    private static StageException stopped(Settings settings) {
        return StageException.retry("stopped while opening " + settings.shown());
    }

    /**
     * What an end of reading means.
     *
     * @param read packets of this round before it
     * @return empty when what came is to be taken as all of the content
     */
    static Optional<StageException> ofReading(Settings settings, int error, String said, long read) {
        String shown = settings.shown();
        if (error == AVERROR_EXIT) {
            return Optional.of(
                    StageException.retry("nothing came from " + shown + " for " + seconds(settings.readTimeout()))
                            .parameter("url")
                            .remedy("check that the peer still sends, or allow longer pauses by read-timeout"));
        }
        if (settings.location().pushed()) {
            String why = error == AVERROR_EOF
                    ? " ended the stream"
                    : " broke off: " + (said.isEmpty() ? FFmpegErrors.text(error) : said);
            return Optional.of(StageException.retry(shown + why).remedy("it is connected to again"));
        }
        if (error == AVERROR_EOF || settings.location().file().isPresent() && read > 0) {
            return Optional.empty();
        }
        return Optional.of(OpeningErrors.reading(error, settings.location().url(), said, "url"));
    }

    /** When the content ended before its time; what came before it did is played. */
    static Optional<StageException> cut(Settings settings, int error, String said, long played, long duration) {
        boolean partial = error != AVERROR_EOF && said.contains(PARTIAL);
        if (error != AVERROR_EOF && !partial) {
            return Optional.of(StageException.failed(settings.shown() + " is damaged: it breaks off after "
                            + seconds(played) + " (FFmpeg: " + (said.isEmpty() ? FFmpegErrors.text(error) : said)
                            + "); what came before was played")
                    .parameter("url")
                    .remedy(ONCE_MORE));
        }
        boolean shorter = settings.start() == 0 && played < duration * SHORTER && played < duration - SHORTER_NANOS;
        if (!partial && !shorter) {
            return Optional.empty();
        }
        String promised = duration > played ? ", its header says " + seconds(duration) : "";
        return Optional.of(StageException.failed(settings.shown() + " is truncated: it ends after " + seconds(played)
                        + promised + "; what is there was played")
                .parameter("url")
                .remedy(ONCE_MORE));
    }

    static StageException unsafe(Settings settings, String codec) {
        return StageException.failed(settings.shown() + " sends " + codec
                        + ": one malformed packet of it would have FFmpeg end the whole node")
                .parameter("url")
                .remedy("have the peer send another codec, such as H.264 or H.265; AV1 may be published to a stage"
                        + " source.publish");
    }

    static StageException nothingToPlay(Settings settings, String container, String said) {
        if (said.contains(PARTIAL)) {
            return StageException.failed(
                            settings.shown() + " is truncated: it ends before its first sample (FFmpeg: " + said + ")")
                    .parameter("url")
                    .remedy(ONCE_MORE);
        }
        return StageException.failed(settings.shown() + " has no video or audio (FFmpeg took it for " + container + ")")
                .parameter("url")
                .remedy("check what the file holds; if FFmpeg guessed wrong, say format = NAME");
    }

    /** A file was replaced while it was looped. */
    static StageException otherTracks(Settings settings, String missing) {
        return StageException.retry(settings.shown() + " has changed: it has no " + missing + " any more")
                .remedy("it is opened anew");
    }

    static StageException unknownFormat(String name) {
        return StageException.invalid("FFmpeg can't read a format named '" + name + "'")
                .parameter("format")
                .remedy(
                        "leave it out to let FFmpeg find out, or take a name of ffmpeg -demuxers: mpegts, h264, rawvideo");
    }

    static StageException startBehindEnd(Settings settings, long durationMicros) {
        return StageException.invalid("start " + seconds(settings.start()) + " lies behind the end of "
                        + settings.shown() + ", which is " + seconds(durationMicros * 1000) + " long")
                .parameter("start")
                .remedy("choose an earlier start");
    }

    static StageException notSeekable(Settings settings, int error) {
        return StageException.invalid("can't go to start " + seconds(settings.start()) + " of " + settings.shown()
                        + ": " + FFmpegErrors.text(error))
                .parameter("start")
                .remedy("leave start out: this content can't be entered in the middle");
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, nanos % 1_000_000_000 == 0 ? "%.0f s" : "%.1f s", nanos / 1e9);
    }
}
