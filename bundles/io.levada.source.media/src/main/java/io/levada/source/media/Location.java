/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import static org.bytedeco.ffmpeg.global.avformat.avio_enum_protocols;

import io.levada.api.stage.NearMiss;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.ffmpeg.Urls;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Where the content is.
 *
 * @param text what the user wrote
 * @param url what libavformat opens
 * @param file the local file, if it is one
 * @param scheme the URL's scheme in lower case; {@code file} for files
 * @param host the host to look up; empty for files and what names none
 */
record Location(String text, String url, Optional<Path> file, String scheme, Optional<String> host) {

    /** Peers that send at their own pace. What the others offer comes as fast as it is read. */
    private static final Set<String> PUSHING = Set.of(
            "rtsp", "rtsps", "satip", "rtp", "srtp", "udp", "udplite", "srt", "rist", "sap", "rtmp", "rtmps", "rtmpt",
            "rtmpe", "rtmpte", "rtmpts", "mmsh", "mmst", "tcp", "tls", "unix", "dtls", "prompeg");

    /** Demuxers that are reached by a scheme and are no protocols of libavformat's list. */
    private static final Set<String> SCHEMES_OF_DEMUXERS = Set.of("rtsp", "rtsps", "satip", "sap");

    private static final Set<String> NOT_FOR_USERS = Set.of(
            "async", "cache", "concat", "concatf", "crypto", "data", "fd", "md5", "null", "pipe", "subfile", "tee");

    private static final String ENCODE =
            "percent-encode a user name or password, also in the file of a secret: @ is %40,"
                    + " : is %3A, / is %2F, ? is %3F, # is %23, % is %25";

    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);
    private static final Pattern AUTHORITY = Pattern.compile(
            "[A-Za-z0-9+.-]+://(?:[^/?#]*@)?(\\[[0-9A-Fa-f:.%]+]|[^/?#:@\\[\\]]*)(?::([^/?#]*))?(?:[/?#].*)?");
    /** What libavformat takes for a name of many pictures. */
    private static final Pattern PATTERN = Pattern.compile(".*[%*?\\[{].*", Pattern.DOTALL);

    private static final Pattern SLIP = Pattern.compile("([a-z][a-z0-9]+)(?::/|//|:).*", Pattern.DOTALL);

    /**
     * Takes the user's text apart.
     *
     * @throws StageException of kind INVALID when it can be neither a file nor a URL that libavformat knows
     */
    static Location of(String text, StageContext context) throws StageException {
        String trimmed = text.strip();
        if (trimmed.isEmpty()) {
            throw invalid("no url given", "name a file or a URL, such as media/clip.mp4 or rtsp://host/path");
        }
        Matcher matcher = SCHEME.matcher(trimmed);
        if (!matcher.matches()) {
            return local(trimmed, trimmed, context);
        }
        String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
        if (scheme.equals("file")) {
            String path = trimmed.substring(5);
            return local(path.startsWith("//") ? path.substring(2) : path, trimmed, context);
        }
        boolean network = trimmed.startsWith("//", scheme.length() + 1);
        Set<String> known = schemes();
        if (!known.contains(scheme)
                && !(scheme.indexOf('+') > 0 && known.contains(scheme.substring(0, scheme.indexOf('+'))))) {
            if (!network) {
                return local(trimmed, trimmed, context);
            }
            throw invalid(
                    "unknown protocol '" + scheme + "'" + NearMiss.hint(scheme, named(known)),
                    "libavformat has " + String.join(", ", named(known)));
        }
        return network
                ? remote(trimmed, scheme)
                : new Location(trimmed, trimmed, Optional.empty(), scheme, Optional.empty());
    }

    private static Location local(String path, String text, StageContext context) throws StageException {
        try {
            Path file = context.resolve(path).toAbsolutePath().normalize();
            return new Location(text, file.toString(), Optional.of(file), "file", Optional.empty());
        } catch (InvalidPathException e) {
            throw invalid("'" + Urls.masked(text) + "' is not a path: " + e.getReason(), "name a file or a URL");
        }
    }

    private static Location remote(String url, String scheme) throws StageException {
        Matcher authority = AUTHORITY.matcher(url);
        boolean wellFormed = authority.matches() && url.chars().noneMatch(c -> c <= ' ' || c == 0x7F);
        if (!wellFormed) {
            throw malformed(url, "", "write it as " + scheme + "://host:port/path, with spaces as %20");
        }
        String port = authority.group(2);
        if (port != null && !port.isEmpty() && !validPort(port)) {
            String shown = url.contains("@") ? "what follows the host is no port" : "'" + port + "' is no port";
            throw malformed(url, ": " + shown, "a port is a number from 1 to 65535");
        }
        String host = authority.group(1).replace("[", "").replace("]", "");
        boolean listens = scheme.equals("udp")
                || scheme.equals("srt")
                || scheme.equals("unix")
                || scheme.equals("rist")
                || url.contains("listen");
        if (host.isEmpty() && !listens) {
            throw malformed(url, ": it names no host", "write it as " + scheme + "://host:port/path");
        }
        return new Location(url, url, Optional.empty(), scheme, host.isEmpty() ? Optional.empty() : Optional.of(host));
    }

    /** Where there may be a password, its signs may be what looks like a port or a path: it is said how to write them. */
    private static StageException malformed(String url, String why, String remedy) {
        return invalid("malformed URL" + why, url.contains("@") ? remedy + "; " + ENCODE : remedy);
    }

    private static boolean validPort(String port) {
        return port.matches("\\d{1,5}") && Integer.parseInt(port) >= 1 && Integer.parseInt(port) <= 65535;
    }

    private static StageException invalid(String message, String remedy) {
        return StageException.invalid(message).parameter("url").remedy(remedy);
    }

    private static Set<String> named(Set<String> schemes) {
        var names = new TreeSet<>(schemes);
        names.removeAll(NOT_FOR_USERS);
        return names;
    }

    /** What libavformat was built with. */
    private static Set<String> schemes() {
        var names = new TreeSet<>(SCHEMES_OF_DEMUXERS);
        try (var position = new PointerPointer<Pointer>(1)) {
            position.put(0, (Pointer) null);
            for (var name = avio_enum_protocols(position, 0); name != null; name = avio_enum_protocols(position, 0)) {
                names.add(name.getString());
            }
        }
        return names;
    }

    /** Whether the peer sets the pace. */
    boolean pushed() {
        return PUSHING.contains(scheme);
    }

    boolean remote() {
        return file.isEmpty();
    }

    /**
     * Keeps libavformat from what it would wait for (a pipe without a writer) and says what a slip of the pen was meant to be.
     *
     * @throws StageException that says what is wrong with it
     */
    void check() throws StageException {
        if (file.isEmpty()) {
            return;
        }
        Path path = file.get();
        if (Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path)) {
            throw StageException.failed(path + " is not a regular file")
                    .parameter("url")
                    .remedy("name a file or a URL");
        }
        Matcher slip = SLIP.matcher(text);
        if (!Files.exists(path) && slip.matches() && schemes().contains(slip.group(1))) {
            throw StageException.retry("no such file: " + Urls.masked(path.toString()))
                    .parameter("url")
                    .remedy("if it is meant as a URL, write " + slip.group(1) + "://...");
        }
    }

    /** Whether it is a file that is not there, and no pattern that stands for several. */
    boolean missing() {
        return file.isPresent()
                && !Files.exists(file.get())
                && !PATTERN.matcher(text).matches();
    }
}
