/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.file;

import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.Urls;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The user's pattern for files' names: {@code recordings/%Y-%m-%d/%H-%M-%S.mp4}. Time is the capture time of the file's
 * first packet in the node's time zone.
 */
final class FileName {

    private static final int MOST_ALIKE = 10_000;
    private static final Pattern TOKEN = Pattern.compile("%(.)");
    private static final String KNOWN = "%Y %m %d %H %M %S (time), %n (number), %p (pipeline), %s (stage)";

    /** What looks like a URL; a drive's letter or a colon in a name does not. */
    private static final Pattern URL = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):/.*", Pattern.DOTALL);

    private final String pattern;
    private final StageContext context;
    private final ZoneId zone;

    private FileName(String pattern, StageContext context, ZoneId zone) {
        this.pattern = pattern;
        this.context = context;
        this.zone = zone;
    }

    /**
     * The pattern of a path as the user wrote it, also as {@code file:}.
     *
     * @throws StageException of kind INVALID for none and for a URL; that is not shown, as no rule finds every password in it
     */
    static String local(String path) throws StageException {
        var text = path.strip();
        var local = Urls.file(text) ? Urls.path(text) : text;
        if (local.isEmpty()) {
            throw StageException.invalid("no path given")
                    .parameter("path")
                    .remedy("say where to, such as media/%Y-%m-%d.mp4");
        }
        Matcher url = URL.matcher(local);
        if (url.matches()) {
            throw StageException.invalid("muxer.file writes files of this machine, not to " + url.group(1) + " URLs")
                    .parameter("path")
                    .remedy("name a file, such as media/%Y-%m-%d.mp4; readers get a live stream from a server, such as"
                            + " server.rtsp");
        }
        return local;
    }

    /**
     * @param pattern a {@link #local} one
     * @param counted whether the container counts in its files' names itself ({@code %04d}), so that what is no token here
     *     stays
     * @throws StageException of kind INVALID for a pattern that can't be a path or has unknown tokens
     */
    static FileName of(String pattern, boolean counted, StageContext context, ZoneId zone) throws StageException {
        Matcher token = TOKEN.matcher(pattern);
        while (token.find()) {
            if ("YmdHMSnps%".indexOf(token.group(1).charAt(0)) < 0 && !counted) {
                throw StageException.invalid("%" + token.group(1) + " means nothing in " + Urls.masked(pattern))
                        .parameter("path")
                        .remedy("there are " + KNOWN + ", and %% for a percent sign");
            }
        }
        var name = new FileName(pattern, context, zone);
        name.path(Instant.EPOCH, 1);
        return name;
    }

    private Path path(Instant time, int number) throws StageException {
        ZonedDateTime local = time.atZone(zone);
        String text = TOKEN.matcher(pattern)
                .replaceAll(token -> Matcher.quoteReplacement(
                        switch (token.group(1).charAt(0)) {
                            case 'Y' -> String.format("%04d", local.getYear());
                            case 'm' -> String.format("%02d", local.getMonthValue());
                            case 'd' -> String.format("%02d", local.getDayOfMonth());
                            case 'H' -> String.format("%02d", local.getHour());
                            case 'M' -> String.format("%02d", local.getMinute());
                            case 'S' -> String.format("%02d", local.getSecond());
                            case 'n' -> Integer.toString(number);
                            case 'p' -> context.pipeline();
                            case 's' -> context.stage();
                            case '%' -> "%";
                            default -> token.group();
                        }));
        try {
            return context.resolve(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw StageException.invalid("'" + Urls.masked(text) + "' is not a path: " + e.getReason())
                    .parameter("path");
        }
    }

    /** The directory that the next file will be in, for messages. */
    String pattern() {
        return pattern;
    }

    /**
     * The path for a new file, with its directory made. An existing file is left alone: the new one is called
     * {@code name-2.mp4} then.
     *
     * @param number of the file in this run, from 1
     * @param overwrite take the name although a file has it
     * @param create whether to make an empty file, so that nobody else takes the name
     */
    Path make(Instant time, int number, boolean overwrite, boolean create) throws StageException {
        Path wanted = path(time, number);
        Path parent = wanted.getParent();
        try {
            Files.createDirectories(parent);
        } catch (FileAlreadyExistsException e) {
            throw StageException.failed(e.getFile() + " is a file, so " + wanted + " can't be in it")
                    .parameter("path");
        } catch (IOException e) {
            throw unwritable(parent, e);
        }
        if (overwrite || !create) {
            return wanted;
        }
        for (int i = 1; i < MOST_ALIKE; i++) {
            Path candidate =
                    i == 1 ? wanted : parent.resolve(alike(wanted.getFileName().toString(), i));
            try {
                return Files.createFile(candidate);
            } catch (FileAlreadyExistsException e) {
                continue;
            } catch (IOException e) {
                throw unwritable(parent, e);
            }
        }
        throw StageException.failed("there are " + MOST_ALIKE + " files named like " + wanted)
                .parameter("path")
                .remedy("put the time (%Y-%m-%dT%H-%M-%S) into the name");
    }

    private static String alike(String name, int number) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name + "-" + number : name.substring(0, dot) + "-" + number + name.substring(dot);
    }

    private static StageException unwritable(Path directory, IOException cause) {
        String why = cause instanceof AccessDeniedException ? "permission denied" : cause.getMessage();
        return StageException.retry("can't write in " + directory + ": " + why)
                .parameter("path")
                .remedy("let the node's user (" + System.getProperty("user.name")
                        + ") write there, or choose another place")
                .because(cause);
    }
}
