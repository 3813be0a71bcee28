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
     * @param query of FFmpeg's rtp protocol
     * @param local the port to send from, 0 for any
     * @throws StageException where the system has no way there, or does not let us send from there
     */
    RtpPort(InetAddress to, int port, String query, int local, Optional<Encryption> encryption, FFmpegLog log)
            throws StageException {
        this.log = log;
        this.reading = !to.isMulticastAddress(); // else it would have to join the group, and get what it sends
        this.url = (encryption.isPresent() ? "srtp://" : "rtp://") + Destination.inUrl(to) + ":" + port + query
                + "&localrtpport=" + local; // else what also reads takes the other end's number
        int flags = (reading ? AVIO_FLAG_READ_WRITE : AVIO_FLAG_WRITE) | AVIO_FLAG_DIRECT | AVIO_FLAG_NONBLOCK;
        boolean done = false;
        log.trying();
        try (var options = Options.of(encryption.map(Encryption::options).orElse(Map.of()))) {
            int error = avio_open2(output, url, flags, (AVIOInterruptCB) null, options.dictionary());
            for (int i = 1; i < OPENINGS && error < 0 && local == 0; i++) { // the port after a free one may be taken
                log.tried(false);
                log.trying();
                error = avio_open2(output, url, flags, (AVIOInterruptCB) null, options.dictionary());
            }
            if (error < 0) {
                throw unopened(error, local);
            }
            done = true;
        } finally {
            log.tried(done);
            if (!done) {
                received.close();
            }
        }
    }

    /** Of FFmpeg's numbers all are I/O errors; what it said tells them apart. */
    private StageException unopened(int error, int local) {
        var said = log.said();
        if (said.contains("Address already in use")) {
            return StageException.retry("UDP port " + local + " or the one after it is in use on this machine")
                    .parameter("local-port")
                    .remedy("choose another port, or stop who holds it");
        }
        if (said.contains("Cannot assign requested address")) {
            return StageException.retry("it is no address of this machine")
                    .parameter("local-address")
                    .remedy("take one that this machine has, or leave it out");
        }
        return unreachable(error, said);
    }

    private StageException unreachable(int error, String said) {
        return OpeningErrors.writing(error, url.replaceFirst("\\?.*", ""), said, "url");
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
                throw unreachable(error, log.said());
            }
            LockSupport.parkNanos(PAUSE);
        }
        return false;
    }

    /**
     * The next packet that came from the other end, if there is one, decrypted and lent until the next call. One that holds
     * nothing, or could not be read, is an empty one: others may wait behind it.
     */
    Optional<ByteBuffer> receive() {
        if (!reading) {
            return Optional.empty();
        }
        int size = avio_read_partial(output, received, DATAGRAM);
        return size == avutil.AVERROR_EAGAIN()
                ? Optional.empty()
                : Optional.of(receivedBytes.limit(Math.max(0, size)).position(0));
    }

    @Override
    public void close() {
        if (!output.isNull()) {
            avio_closep(output);
            received.close();
        }
    }
}
