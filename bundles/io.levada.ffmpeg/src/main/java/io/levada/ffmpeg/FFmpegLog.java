/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_DEBUG;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_INFO;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_WARNING;

import io.levada.api.media.LeakDetector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.javacpp.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * FFmpeg's own log, as one stage hears it: its messages go to the node's log with the stage's name, credentials masked, at
 * a bounded rate, and the errors among them are kept for the stage to explain itself.
 *
 * <p>A message belongs to the stage whose context it is about ({@link #covers}), else to the stage that the thread works
 * for: the platform knows it for its threads, {@link #enter} says it for a stage's own. FFmpeg's threads work for nobody, so
 * stages name their contexts.
 *
 * <p>FFmpeg tells as INFO what its command line shows to one user; a node writes that as DEBUG.
 */
public final class FFmpegLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FFmpegLog.class);

    private static final int WINDOW_LINES = 20;
    private static final long WINDOW_NANOS = 10_000_000_000L;
    private static final int SAID_LINES = 3;
    private static final int HELD_LINES = 10;
    private static final String[] NOTHING = {};

    /** {@code [h264 @ 0x7fa5846724c0] }, once or twice: a parent and its child. */
    private static final Pattern CONTEXT = Pattern.compile("\\[([^\\[\\]@]+) @ (?:0x)?([0-9a-fA-F]+)] ");

    private static final ThreadLocal<FFmpegLog> CURRENT = new ThreadLocal<>();
    private static final Map<Long, FFmpegLog> CONTEXTS = new ConcurrentHashMap<>();
    private static final Map<String, FFmpegLog> STAGES = new ConcurrentHashMap<>();

    /** Who uses a codec, by its name. */
    private static final Map<String, Set<FFmpegLog>> CODECS = new ConcurrentHashMap<>();

    private static final FFmpegLog NOBODY = new FFmpegLog("FFmpeg");

    private final String stage;
    private volatile List<String> expected = List.of();
    private String[] said = NOTHING;
    private boolean trying;
    /** Whom the thread worked for before {@link #trying}; null for nobody in particular. */
    private FFmpegLog before;

    private final List<String> held = new ArrayList<>();
    private long windowStart = System.nanoTime();
    private int lines;
    private int leftOut;

    private FFmpegLog(String stage) {
        this.stage = stage;
    }

    /** The log of a stage, {@code StageContext.id()}. Loads FFmpeg if nobody has yet; close it with the stage. */
    public static FFmpegLog of(String stage) {
        FFmpegLibrary.load();
        var log = new FFmpegLog(stage);
        STAGES.put(stage, log);
        return log;
    }

    /**
     * From now on what FFmpeg says about this context (AVFormatContext, AVCodecContext, AVFilterContext, ...) is about this
     * stage, whatever thread says it. Ends with {@link #uncovers} or {@link #close}; call one before the context is freed.
     */
    public void covers(Pointer context) {
        CONTEXTS.put(context.address(), this);
    }

    /**
     * The same for a codec. With several threads it speaks through copies of its context that nobody else knows; then its
     * name tells, where one stage alone uses it.
     */
    public void covers(AVCodecContext context) {
        covers((Pointer) context);
        CODECS.computeIfAbsent(context.codec().name().getString(), name -> new CopyOnWriteArraySet<>())
                .add(this);
    }

    public void uncovers(Pointer context) {
        CONTEXTS.remove(context.address(), this);
    }

    /** Warnings that begin so are known and harmless here; they are written as DEBUG. */
    public void expect(String... beginnings) {
        expected = List.of(beginnings);
    }

    /** A thread of the stage's own works for it until {@link #exit}, which must follow in a {@code finally}. */
    public void enter() {
        CURRENT.set(this);
    }

    public void exit() {
        CURRENT.remove();
    }

    /**
     * Something is tried whose failure is reported by an exception with what FFmpeg {@link #said}: until {@link #tried} its
     * errors are written as DEBUG, so that nobody reads the same news twice. The thread works for the stage meanwhile, and must
     * be the one that calls {@code tried}. What it said before is forgotten. Allocates
     * nothing, so that each packet can be tried.
     */
    public synchronized void trying() {
        before = CURRENT.get();
        CURRENT.set(this); // what is said of contexts that nobody covers yet is about this stage, too
        trying = true;
        said = NOTHING;
        held.clear();
    }

    /** @param done whether it went well; then nobody reports the errors told meanwhile, and they are written after all */
    public synchronized void tried(boolean done) {
        if (trying) {
            CURRENT.set(before);
            before = null;
            trying = false;
        }
        for (int i = 0; done && i < held.size(); i++) {
            bounded(AV_LOG_ERROR, held.get(i));
        }
        held.clear();
    }

    /** The errors that FFmpeg has told since this was last asked, joined by semicolons; empty if there were none. */
    public synchronized String said() {
        var text = String.join("; ", said);
        said = NOTHING;
        return text;
    }

    @Override
    public void close() {
        CONTEXTS.values().removeIf(log -> log == this);
        CODECS.values().forEach(users -> users.remove(this));
        STAGES.remove(stage, this);
        if (CURRENT.get() == this) {
            CURRENT.remove();
        }
    }

    /** The level at which libav shall call back at all: what nobody would see costs nothing. */
    static int wanted() {
        if (LOG.isTraceEnabled()) {
            return AV_LOG_DEBUG;
        }
        return LOG.isDebugEnabled() ? AV_LOG_INFO : AV_LOG_WARNING;
    }

    /** A line as libav formats it, prefix and all; any thread. */
    static void line(int level, String line) {
        var text = line.strip();
        if (text.isEmpty()) {
            return;
        }
        FFmpegLog owner = null;
        var name = "";
        var matcher = CONTEXT.matcher(text);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            end = matcher.end();
            name = matcher.group(1);
            if (owner == null) {
                owner = CONTEXTS.get(Long.parseUnsignedLong(matcher.group(2), 16));
            }
        }
        if (owner == null) {
            owner = CURRENT.get();
        }
        if (owner == null) {
            owner = STAGES.get(LeakDetector.holder());
        }
        if (owner == null) {
            owner = user(name);
        }
        (owner == null ? NOBODY : owner).tell(level, name, Urls.masked(text.substring(end)));
    }

    private static FFmpegLog user(String codec) {
        var users = CODECS.getOrDefault(codec, Set.of());
        return users.size() == 1 ? users.iterator().next() : null;
    }

    private synchronized void tell(int level, String name, String message) {
        if (level == AV_LOG_WARNING && expected.stream().anyMatch(message::startsWith)) {
            write(AV_LOG_INFO, message);
            return;
        }
        if (level <= AV_LOG_ERROR) {
            remember(message);
        }
        if (trying && level <= AV_LOG_ERROR) {
            write(AV_LOG_INFO, message);
            if (held.size() < HELD_LINES) {
                held.add(named(name, message));
            }
            return;
        }
        bounded(level, named(name, message));
    }

    private static String named(String name, String message) {
        return name.isEmpty() ? message : message + " [" + name + "]";
    }

    private void bounded(int level, String message) {
        long now = System.nanoTime();
        if (now - windowStart > WINDOW_NANOS) {
            if (leftOut > 0) {
                LOG.warn("{}: {} more messages of FFmpeg left out", stage, leftOut);
            }
            windowStart = now;
            lines = 0;
            leftOut = 0;
        }
        if (++lines > WINDOW_LINES) {
            leftOut++;
            return;
        }
        write(level, message);
    }

    private void write(int level, String message) {
        if (level <= AV_LOG_ERROR) {
            LOG.error("{}: {}", stage, message);
        } else if (level <= AV_LOG_WARNING) {
            LOG.warn("{}: {}", stage, message);
        } else if (level <= AV_LOG_INFO) {
            LOG.debug("{}: {}", stage, message);
        } else {
            LOG.trace("{}: {}", stage, message);
        }
    }

    private void remember(String message) {
        if (said.length < SAID_LINES && !Arrays.asList(said).contains(message)) {
            said = Arrays.copyOf(said, said.length + 1);
            said[said.length - 1] = message;
        }
    }
}
