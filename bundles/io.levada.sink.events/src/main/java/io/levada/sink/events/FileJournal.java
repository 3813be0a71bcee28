/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.sink.events;

import io.levada.api.stage.StageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Appends to a file; when the next line would make it too large, it becomes {@code NAME.1}, what was {@code NAME.1} becomes
 * {@code NAME.2}, and so on.
 */
final class FileJournal implements Journal {

    private final Path file;
    private final long largest;
    private final int kept;
    private FileChannel channel;
    private long size;

    FileJournal(Path file, long largest, int kept) throws StageException {
        this.file = file;
        this.largest = largest;
        this.kept = kept;
        if (Files.isDirectory(file)) {
            throw StageException.invalid(file + " is a folder")
                    .parameter("path")
                    .remedy("name a file in it, such as " + file.resolve("events.jsonl"));
        }
        try {
            open();
        } catch (IOException e) {
            throw failure("open", e);
        }
    }

    private void open() throws IOException {
        var folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        size = channel.size();
    }

    /** The disk may have room again later, so it is tried again. */
    private StageException failure(String verb, IOException e) {
        String reason = e instanceof FileSystemException system && system.getReason() != null
                ? system.getReason()
                : e.getClass().getSimpleName() + (e.getMessage() == null ? "" : ": " + e.getMessage());
        return StageException.retry("can't " + verb + " " + file + ": " + reason)
                .parameter("path")
                .remedy("see to the folder's rights and the room on its disk, or name another file")
                .because(e);
    }

    @Override
    public void append(ByteBuffer line) throws StageException {
        try {
            if (size > 0 && size + line.remaining() > largest) {
                rotate();
            }
            size += line.remaining();
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw failure("write to", e);
        }
    }

    private void rotate() throws IOException {
        channel.force(false);
        channel.close();
        if (kept == 0) {
            Files.delete(file);
        }
        for (int i = kept; i > 0; i--) {
            var from = i == 1 ? file : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        open();
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    @Override
    public void force() throws StageException {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw failure("write to", e);
        }
    }

    @Override
    public void close() throws StageException {
        try {
            channel.close();
        } catch (IOException e) {
            throw failure("close", e);
        }
    }
}
