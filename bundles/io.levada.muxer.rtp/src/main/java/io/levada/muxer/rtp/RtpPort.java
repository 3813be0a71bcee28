/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_DIRECT;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_NONBLOCK;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_READ_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avformat.avio_read_partial;
import static org.bytedeco.ffmpeg.global.avformat.avio_write;

import io.levada.api.stage.StageException;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.OpeningErrors;
import io.levada.ffmpeg.Options;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.presets.avutil;
import org.bytedeco.javacpp.BytePointer;

/**
 * The pair of UDP ports (RFC 3550, 11) that a track is sent from, by FFmpeg's rtp or srtp protocol, which tells RTP and RTCP
 * apart. Nobody has to listen at the other end. For one thread.
 */
final class RtpPort implements AutoCloseable {

    private static final int DATAGRAM = 2048;
    private static final int OPENINGS = 5;

    /** A picture may be larger than the socket's buffer: then it is waited for, about 50 ms, while the network takes it. */
    private static final int TRIES = 100;

    private static final long PAUSE = 500_000;

    private final String url;
    private final FFmpegLog log;
    private final boolean reading;
    private final AVIOContext output = new AVIOContext(null);
    private final BytePointer received = new BytePointer(DATAGRAM);
    private final ByteBuffer receivedBytes = received.asByteBuffer().order(ByteOrder.BIG_ENDIAN);

    /**
     * @param query of FFmpeg's rtp protocol; it has to say localrtpport, 0 for any, for what also reads takes the other end's
     *     number otherwise
     * @throws StageException where the system has no way there
     */
    RtpPort(InetAddress to, int port, String query, Optional<Encryption> encryption, FFmpegLog log)
            throws StageException {
        this.log = log;
        this.reading = !to.isMulticastAddress(); // else it would have to join the group, and get what it sends
        this.url = (encryption.isPresent() ? "srtp://" : "rtp://") + Destination.inUrl(to) + ":" + port + query;
        int flags = (reading ? AVIO_FLAG_READ_WRITE : AVIO_FLAG_WRITE) | AVIO_FLAG_DIRECT | AVIO_FLAG_NONBLOCK;
        boolean done = false;
        log.trying();
        try (var options = Options.of(encryption.map(Encryption::options).orElse(Map.of()))) {
            int error = -1;
            for (int i = 0; i < OPENINGS && error < 0; i++) { // the port after a free one may be taken
                error = avio_open2(output, url, flags, (AVIOInterruptCB) null, options.dictionary());
            }
            if (error < 0) {
                throw unreachable(error);
            }
            done = true;
        } finally {
            log.tried(done);
            if (!done) {
                received.close();
            }
        }
    }

    private StageException unreachable(int error) {
        return OpeningErrors.writing(error, url.replaceFirst("\\?.*", ""), log.said(), "url");
    }

    /**
     * Sends one RTP or RTCP packet, which lies in direct memory between position and limit.
     *
     * @return whether the system took it; if not, the network has not kept up
     * @throws StageException of kind RETRY where there is no way to the other end
     */
    boolean send(ByteBuffer packet) throws StageException {
        int size = packet.remaining();
        for (int i = 0; i < TRIES; i++) {
            avio_write(output, packet, size);
            int error = output.error();
            if (error >= 0) {
                return true;
            }
            output.error(0); // else it would never write again
            if (error != avutil.AVERROR_EAGAIN()) {
                throw unreachable(error);
            }
            LockSupport.parkNanos(PAUSE);
        }
        return false;
    }

    /** The next packet that came from the other end, if there is one, decrypted and lent until the next call. */
    Optional<ByteBuffer> receive() {
        if (!reading) {
            return Optional.empty();
        }
        int size = avio_read_partial(output, received, DATAGRAM);
        return size > 0 ? Optional.of(receivedBytes.limit(size).position(0)) : Optional.empty();
    }

    @Override
    public void close() {
        if (!output.isNull()) {
            avio_closep(output);
            received.close();
        }
    }
}
