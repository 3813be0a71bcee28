/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import io.levada.api.stage.StageException;
import io.levada.ffmpeg.RtpMedia;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What a player needs to know of the stream (RFC 4566; with encryption RFC 4568), and its file. For one thread. */
final class Description {

    /**
     * A track.
     *
     * @param port where its RTP goes
     */
    record Entry(RtpMedia media, int port) {}

    private static final String END = "\r\n";

    private final String name;
    private final InetAddress to;
    private final int ttl;
    private final Optional<Encryption> encryption;
    private final long id = ThreadLocalRandom.current().nextLong(1L << 62);
    private int version;
    private List<Entry> described = List.of();

    Description(String name, InetAddress to, int ttl, Optional<Encryption> encryption) {
        this.name = name;
        this.to = to;
        this.ttl = ttl;
        this.encryption = encryption;
    }

    /** Writes it where it differs from what was written before; a reader sees the old file or the new one, whole. */
    void write(Path file, List<Entry> tracks) throws StageException {
        if (tracks.equals(described)) {
            return;
        }
        if (Files.isDirectory(file)) {
            throw StageException.invalid(file + " is a directory")
                    .parameter("sdp")
                    .remedy("name a file in it");
        }
        version++;
        try {
            replace(file, text(tracks));
        } catch (IOException e) {
            throw StageException.retry("the description can't be written: " + e)
                    .parameter("sdp")
                    .remedy("name a file in a directory that the node may write to");
        }
        described = List.copyOf(tracks);
    }

    /** The session's description. */
    String text(List<Entry> tracks) {
        var type = to instanceof Inet6Address ? "IN IP6 " : "IN IP4 ";
        var address = to.getHostAddress().replaceFirst("%.*", "");
        var lines = new ArrayList<String>();
        lines.add("v=0");
        lines.add("o=- " + id + " " + version + " " + type + address);
        lines.add("s=" + name);
        lines.add("c=" + type + address + (to.isMulticastAddress() && to.getAddress().length == 4 ? "/" + ttl : ""));
        lines.add("t=0 0");
        lines.add("a=tool:Levada");
        lines.add("a=type:broadcast");
        for (var track : tracks) {
            lines.addAll(track.media().section(track.port(), encryption.isPresent() ? "RTP/SAVP" : "RTP/AVP"));
            encryption.ifPresent(each -> lines.add(each.attribute()));
        }
        return String.join(END, lines) + END;
    }

    private void replace(Path file, String text) throws IOException {
        var directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        var unfinished = file.resolveSibling(file.getFileName() + "." + id + ".tmp"); // others may write the same file
        if (encryption.isPresent()) { // it holds the key
            Files.createFile(
                    unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        try {
            Files.writeString(unfinished, text);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished); // it may hold the key; where all went well it is gone
        }
    }
}
