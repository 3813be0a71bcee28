/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.FFmpegLog;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The tracks' ports at the other end, and the description of them all. For one thread. */
final class RtpSession {

    /** Room for a picture at once, as far as the system allows. */
    private static final int SEND_BUFFER = 4 << 20;

    /** More than what SRTP adds to a packet, twice: FFmpeg reserves it and then checks the longer packet. */
    private static final int ENCRYPTION = 64;

    private final Destination destination;
    private final Optional<Encryption> encryption;
    private final FFmpegLog log;
    private final InetAddress to;
    private final String query;
    private final Description description;
    private final Optional<Path> file;
    private final int localPort;
    private int tracks;

    /** @throws StageException of kind RETRY where the other end's name is not known now */
    RtpSession(
            StageContext context,
            RtpMuxer.Config config,
            Destination destination,
            Optional<String> local,
            Optional<Encryption> encryption,
            FFmpegLog log)
            throws StageException {
        this.destination = destination;
        this.encryption = encryption;
        this.log = log;
        to = destination.resolve();
        localPort = config.local$_$port();
        query = "?ttl=" + config.ttl()
                + "&pkt_size=" + (config.packet$_$size() + ENCRYPTION)
                + "&buffer_size=" + SEND_BUFFER
                + local.map(address -> "&localaddr=" + address).orElse("");
        description = new Description(context.id(), to, config.ttl(), encryption);
        file = config.sdp().isBlank()
                ? Optional.empty()
                : Optional.of(context.resolve(config.sdp().strip()));
    }

    private RtpPort open(int port) throws StageException {
        int local = localPort == 0 ? 0 : localPort + port - destination.port();
        return new RtpPort(to, port, query, local, encryption, log);
    }

    /** A track goes on under another SSRC: encryption counts anew then, as receivers do (RFC 3711, 3.2.3). */
    void changeSource(RtpTrack track) throws StageException {
        if (encryption.isPresent()) {
            track.stop(); // first, for it may have the port that is wanted
            track.start(open(track.port()), track.port());
        }
        track.changeSource();
    }

    /** Gives ports to the tracks that have none, in their order, and writes the file where it changes by that. */
    void start(List<RtpTrack> all) throws StageException {
        for (var track : all) {
            if (!track.started()) {
                int port = destination.port(tracks);
                track.start(open(port), port);
                tracks++;
            }
        }
        if (file.isPresent()) {
            var entries = all.stream()
                    .map(track -> new Description.Entry(track.media(), track.port()))
                    .toList();
            description.write(file.get(), entries);
        }
    }
}
