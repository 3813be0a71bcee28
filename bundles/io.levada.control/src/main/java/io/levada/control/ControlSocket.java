/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A listening Unix-domain socket that only its owner can open. The system creates a socket with the process's umask, so
 * it is bound in a private directory, closed to others there, and then moved to its place, over one that a crash left.
 */
final class ControlSocket implements AutoCloseable {

    private final ServerSocketChannel channel;
    private final Path path;

    private ControlSocket(ServerSocketChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    static ControlSocket bind(Path path) throws IOException {
        var nursery = Files.createTempDirectory(
                path.toAbsolutePath().getParent(),
                ".c",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        var born = nursery.resolve("s");
        var channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(born));
            Files.setPosixFilePermissions(born, PosixFilePermissions.fromString("rw-------"));
            Files.move(born, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new ControlSocket(channel, path);
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(born);
            throw e;
        } finally {
            Files.deleteIfExists(nursery);
        }
    }

    /** The next connection; throws {@link java.nio.channels.ClosedChannelException} once this is closed. */
    SocketChannel accept() throws IOException {
        return channel.accept();
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }
}
