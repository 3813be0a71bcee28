/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.stage.StageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.presets.avutil;

/**
 * Why a file or URL could not be opened, read or written: the kind says whether trying again can help, the message names it
 * with credentials masked, the remedy says what a user can do. Looks at local files to tell apart what libav calls
 * {@code Invalid data found when processing input}.
 */
public final class OpeningErrors {

    private static final Set<String> ATOMS =
            Set.of("ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "styp", "moof", "uuid", "sidx");

    private static final Pattern PEER = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");
    private static final int ATOM_NAME = 4;
    private static final int HEAD = 512;
    private static final String MOOV = "moov atom not found";

    private OpeningErrors() {}

    /**
     * The error of reading from a URL or file.
     *
     * @param said what FFmpeg logged about it ({@link FFmpegLog#said}); may be empty
     * @param parameter the parameter that names it
     */
    public static StageException reading(int error, String url, String said, String parameter) {
        var problem = Urls.file(url)
                ? file(error, url, said)
                : PEER.matcher(url).lookingAt() ? network(error, url, said) : composed(error, url, said);
        return problem.parameter(parameter);
    }

    /** The error of writing to a URL or file; parameters as in {@link #reading}. */
    public static StageException writing(int error, String url, String said, String parameter) {
        return (Urls.file(url) ? output(error, url) : network(error, url, said)).parameter(parameter);
    }

    private static StageException file(int error, String url, String said) {
        var path = Path.of(Urls.path(url));
        var name = Urls.masked(url);
        if (Files.isDirectory(path)) {
            return StageException.failed(name + " is a directory").remedy("name a file in it");
        }
        if (error == avutil.AVERROR_ENOENT() || !Files.exists(path)) {
            return StageException.retry(name + " does not exist")
                    .remedy("put the file there or correct the path (a relative one starts at the node's home)");
        }
        if (error == avutil.AVERROR_EACCES() || error == avutil.AVERROR_EPERM() || !Files.isReadable(path)) {
            return StageException.retry(name + " can't be read: " + FFmpegErrors.text(error))
                    .remedy("let the node's user (" + System.getProperty("user.name") + ") read it");
        }
        if (empty(path)) {
            return StageException.failed(name + " is empty")
                    .remedy("check how it was written; it holds not a single byte");
        }
        if (error == AVERROR_INVALIDDATA) {
            return broken(path, name, said);
        }
        return common(error, name, said, false);
    }

    /** libav found no container, or one that does not hold together. */
    private static StageException broken(Path path, String name, String said) {
        var text = FFmpegErrors.text(AVERROR_INVALIDDATA);
        if (said.contains(MOOV) && startsLikeMp4(path)) {
            return StageException.failed(name + " is truncated: " + MOOV + " (FFmpeg: " + text + ")")
                    .remedy("the file was not closed by its writer; try a fragmented or .ts recording, or repair it");
        }
        if (holdsText(path)) {
            return StageException.failed(name + " is a text file, not media (FFmpeg: " + text + ")")
                    .remedy("check the path, and what was written there");
        }
        if (said.contains(MOOV) || said.isEmpty()) {
            return StageException.failed(name + " is no media file that FFmpeg can read (FFmpeg: " + text + ")")
                    .remedy("check what it holds: its content fits no format that FFmpeg knows");
        }
        return StageException.failed(name + " is damaged: " + Urls.masked(said) + " (FFmpeg: " + text + ")")
                .remedy("repair the file or take another one");
    }

    private static boolean startsLikeMp4(Path path) {
        try (var in = Files.newInputStream(path)) {
            in.skipNBytes(ATOM_NAME);
            return ATOMS.contains(new String(in.readNBytes(ATOM_NAME), StandardCharsets.ISO_8859_1));
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean holdsText(Path path) {
        try (var in = Files.newInputStream(path)) {
            for (byte each : in.readNBytes(HEAD)) {
                if (each >= 0 && each < ' ' && each != '\n' && each != '\r' && each != '\t') {
                    return false;
                }
            }
            return true;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean empty(Path path) {
        try {
            return Files.isRegularFile(path) && Files.size(path) == 0;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static StageException output(int error, String url) {
        var path = Path.of(Urls.path(url));
        var name = Urls.masked(url);
        if (Files.isDirectory(path)) {
            return StageException.failed(name + " is a directory").remedy("name a file in it");
        }
        if (error == avutil.AVERROR_ENOENT()) {
            return StageException.retry(name + " can't be made: its directory does not exist")
                    .remedy("make the directory or correct the path (a relative one starts at the node's home)");
        }
        if (error == avutil.AVERROR_EACCES() || error == avutil.AVERROR_EPERM()) {
            return StageException.retry(name + " can't be written: " + FFmpegErrors.text(error))
                    .remedy("let the node's user (" + System.getProperty("user.name") + ") write there");
        }
        if (error == avutil.AVERROR_ENOSPC()) {
            return StageException.retry(name + " can't be written: " + FFmpegErrors.text(error))
                    .remedy("make room on the disk");
        }
        return common(error, name, "", false);
    }

    /** {@code concat:a.ts|b.ts} and its like: not a peer, but several files, or a part of one. */
    private static StageException composed(int error, String url, String said) {
        var name = Urls.masked(url);
        if (error == avutil.AVERROR_ENOENT()) {
            return StageException.retry(name + ": " + FFmpegErrors.text(error))
                    .remedy("put the files there that it names, or correct their paths");
        }
        if (error == AVERROR_INVALIDDATA) {
            return StageException.failed(name + ": " + (said.isEmpty() ? "" : Urls.masked(said) + " (FFmpeg: ")
                            + FFmpegErrors.text(error) + (said.isEmpty() ? "" : ")"))
                    .remedy("check what it names: FFmpeg can't read that as media");
        }
        return common(error, name, said, false);
    }

    private static StageException network(int error, String url, String said) {
        return common(error, Urls.masked(url), said, true);
    }

    private static StageException common(int error, String name, String said, boolean network) {
        if (error == AVERROR_HTTP_UNAUTHORIZED || error == AVERROR_HTTP_FORBIDDEN) {
            return StageException.failed(name + ": " + FFmpegErrors.text(error))
                    .remedy("give a user name and password that the server accepts; it is not asked again until then");
        }
        if (error == AVERROR_HTTP_NOT_FOUND) {
            return StageException.retry(name + ": " + FFmpegErrors.text(error)).remedy("check the path of the URL");
        }
        if (error == AVERROR_HTTP_BAD_REQUEST || error == AVERROR_HTTP_OTHER_4XX) {
            return StageException.failed(name + ": " + FFmpegErrors.text(error)).remedy("check the URL");
        }
        if (error == AVERROR_PROTOCOL_NOT_FOUND) {
            return StageException.invalid(name + ": FFmpeg knows no such protocol")
                    .remedy("check the URL's beginning");
        }
        if (error == AVERROR_EXIT) {
            return StageException.retry(name + " did not answer in time").remedy("check that the peer is up");
        }
        return byText(FFmpegErrors.text(error), error, name, said, network);
    }

    /** Numbers of socket errors differ from system to system and JavaCPP has no names for them; their texts hardly do. */
    private static StageException byText(String text, int error, String name, String said, boolean network) {
        var words = text.toLowerCase(Locale.ROOT);
        var message = name + ": " + (said.isEmpty() ? text : Urls.masked(said) + " (FFmpeg: " + text + ")");
        if (words.contains("refused")) {
            return StageException.retry(message).remedy("check that the peer is up and the port is right");
        }
        if (words.contains("timed out") || words.contains("unreachable")) {
            return StageException.retry(message).remedy("check that the peer is up and can be reached from here");
        }
        if (words.contains("in use")) {
            return StageException.retry(message).remedy("choose another port, or stop who holds it");
        }
        if (error == AVERROR_INVALIDDATA && network) {
            return StageException.retry(message).remedy("the peer answered, but with no media that FFmpeg can read");
        }
        return network ? StageException.retry(message) : StageException.failed(message);
    }
}
