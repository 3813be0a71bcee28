/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A node's data directory: bundle cache, configurations, log, users, control socket. One node runs on it at a time: it
 * holds the lock on the file {@code lock} (which it opens once only, for closing any descriptor of a file ends a process's
 * locks on it), and {@code pid} tells its process id.
 *
 * @param path absolute
 */
record DataDirectory(Path path) {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    /** What the system's address of a Unix-domain socket holds on Linux and macOS, less what bind needs. */
    private static final int LONGEST_SOCKET_PATH = 90;

    DataDirectory(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    Path cache() {
        return path.resolve("cache");
    }

    /** The store of Config Admin, outside the bundle cache so that this one can be deleted. */
    Path config() {
        return path.resolve("config");
    }

    Path log() {
        return path.resolve("log");
    }

    /** Where JavaCPP unpacks libraries: a directory for each version, for it does not tell versions apart. */
    Path natives() {
        return path.resolve("native");
    }

    Path users() {
        return path.resolve("users");
    }

    Path temporary() {
        return path.resolve("tmp");
    }

    private Path lockFile() {
        return path.resolve("lock");
    }

    private Path pidFile() {
        return path.resolve("pid");
    }

    /** In the data directory; in a private directory of the temporary one where the path is too long for a socket. */
    Path controlSocket() {
        var socket = path.resolve("control.sock");
        if (socket.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH) {
            return socket;
        }
        var crc = new CRC32C();
        crc.update(path.toString().getBytes(StandardCharsets.UTF_8));
        var folder = "levada-%s-%08x".formatted(System.getProperty("user.name"), crc.getValue());
        return Path.of(System.getProperty("java.io.tmpdir"), folder, "control.sock");
    }

    /** Makes what is missing and proves that it can be written to. */
    void create() {
        try {
            for (var folder : new Path[] {path, config(), log(), temporary()}) {
                Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            }
            Files.deleteIfExists(Files.createTempFile(path, ".writable", ""));
            createSocketFolder();
        } catch (AccessDeniedException e) {
            throw new LauncherException("the data directory " + path + " can't be written to by the user "
                    + System.getProperty("user.name") + "; give another one with --data DIR");
        } catch (FileSystemException e) {
            var reason = e.getReason() == null ? "is in the way" : e.getReason();
            throw new LauncherException("the data directory " + path + " can't be made: " + e.getFile() + ": " + reason
                    + "; give another one with --data DIR");
        } catch (IOException e) {
            throw new LauncherException("the data directory " + path + " can't be made: " + e.getMessage(), e);
        }
    }

    private void createSocketFolder() throws IOException {
        var folder = controlSocket().getParent();
        if (folder.equals(path)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        }
        boolean mine = Files.getOwner(folder).equals(Files.getOwner(path))
                && Files.getPosixFilePermissions(folder).equals(OWNER_ONLY);
        if (!mine) {
            throw new LauncherException(
                    folder + " belongs to somebody else; delete it or use a shorter data directory");
        }
    }

    /** Taken by the process that runs the node, until it ends. */
    FileLock lock() {
        try {
            var channel = FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            var lock = tryLock(channel);
            if (lock.isEmpty()) {
                channel.close();
                throw new LauncherException("a node runs on " + path + " already"
                        + pid().map(pid -> " (pid " + pid + ")").orElse("")
                        + "; bin/levada stop ends it, --data DIR runs a second one");
            }
            Files.writeString(pidFile(), ProcessHandle.current().pid() + "\n");
            return lock.get();
        } catch (IOException e) {
            throw new LauncherException("the data directory " + path + " can't be locked: " + e.getMessage(), e);
        }
    }

    /** Whether a node runs on it, seen by its lock, which ends with the process however that ended. */
    boolean isLocked() {
        if (!Files.exists(lockFile())) {
            return false;
        }
        if (pid().filter(pid -> pid == ProcessHandle.current().pid()).isPresent()) {
            return true;
        }
        try (var channel = FileChannel.open(lockFile(), StandardOpenOption.WRITE)) {
            var lock = tryLock(channel);
            if (lock.isPresent()) {
                lock.get().release();
            }
            return lock.isEmpty();
        } catch (IOException e) {
            throw new LauncherException("the node of " + path + " belongs to another user: " + e.getMessage(), e);
        }
    }

    /** The process that holds the lock, or that held it last. */
    Optional<Long> pid() {
        try {
            return Optional.of(Long.parseLong(Files.readString(pidFile()).strip()));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }
}
