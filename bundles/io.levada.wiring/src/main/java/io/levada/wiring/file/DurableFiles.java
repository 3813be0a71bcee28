/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Files that are either there as a whole or not at all, whenever the process is killed or the power fails: written beside,
 * synchronised, renamed, and the directory synchronised. A new one is for the owner's eyes only.
 */
public final class DurableFiles {

    /** What a file is called until it is whole. */
    public static final String UNFINISHED = ".tmp";

    /** Two who write a file at once would write the same unfinished one. */
    private static final List<Object> LOCKS =
            Stream.generate(Object::new).limit(64).toList();

    private DurableFiles() {}

    /** When it returns, the file is on disk. Any thread. */
    public static void write(Path file, byte[] content) throws IOException {
        synchronized (LOCKS.get(Math.floorMod(file.toAbsolutePath().hashCode(), LOCKS.size()))) {
            replace(file, content);
        }
    }

    private static void replace(Path file, byte[] content) throws IOException {
        var unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.deleteIfExists(unfinished);
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var channel = FileChannel.open(unfinished, options, permissions(file))) {
            for (var bytes = ByteBuffer.wrap(content); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        synchronise(file.getParent());
    }

    /** Makes a directory, and those above it. */
    public static void directory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        var above = directory.toAbsolutePath().getParent();
        directory(above);
        try {
            Files.createDirectory(directory, only("rwx------", directory));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) { // and not made by another just now
                throw e;
            }
        }
        synchronise(above);
    }

    /** Those of the file that is replaced. */
    private static FileAttribute<?>[] permissions(Path file) throws IOException {
        boolean replaces = Files.exists(file) && Files.getFileStore(file).supportsFileAttributeView("posix");
        return only(replaces ? PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) : "rw-------", file);
    }

    private static FileAttribute<?>[] only(String permissions, Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Has new names in a directory on disk; Windows does so by itself, and does not open directories. */
    private static void synchronise(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
