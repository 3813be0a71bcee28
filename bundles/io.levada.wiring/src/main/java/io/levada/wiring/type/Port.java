/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Memory;
import io.levada.api.media.SampleType;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.VideoFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What an input takes or an output carries, as {@code @StageType} words it: {@code frame}, {@code packet:audio},
 * {@code frame:video@cuda}, {@code *}.
 *
 * @param type word of a {@link SampleType}, or {@code *} for any
 * @param kind word of a {@link MediaKind}, or {@code *} for any
 * @param memory word of a {@link Memory.Kind}, or {@code any}
 */
public record Port(String type, String kind, String memory) {

    private static final String ANYWHERE = "any";
    private static final String HOST = word(Memory.Kind.HOST);
    private static final List<String> MEMORIES = Stream.concat(
                    Arrays.stream(Memory.Kind.values()).map(Port::word), Stream.of(ANYWHERE))
            .toList();

    public static final Port ANY = new Port("*", "*", ANYWHERE);

    /** @throws IllegalArgumentException when it says a kind of memory that there is not */
    public static Port parse(String word) {
        int at = word.indexOf('@');
        var memory = at < 0 ? HOST : word.substring(at + 1);
        if (!MEMORIES.contains(memory)) {
            throw new IllegalArgumentException(
                    word + " names no kind of memory; after the @ goes one of " + String.join(", ", MEMORIES));
        }
        var content = at < 0 ? word : word.substring(0, at);
        int colon = content.indexOf(':');
        return colon < 0
                ? new Port(content, "*", memory)
                : new Port(content.substring(0, colon), content.substring(colon + 1), memory);
    }

    public static Port of(Format format) {
        return new Port(format.type().word(), format.kind().word(), word(memory(format)));
    }

    private static Memory.Kind memory(Format format) {
        if (format instanceof VideoFormat video) {
            return video.memory();
        }
        return format instanceof TensorFormat tensor ? tensor.memory() : Memory.Kind.HOST;
    }

    private static String word(Memory.Kind memory) {
        return memory.name().toLowerCase(Locale.ROOT);
    }

    /** Whether something can be both. */
    public boolean meets(Port other) {
        return carries(other) && memoryMeets(other);
    }

    /** The same, wherever it lies: what is in other memory can be brought over. */
    public boolean carries(Port other) {
        return meets(type, other.type) && (kindMeets(other) || !mediaKind());
    }

    /** Whether the kinds can be the same, whatever the types. */
    boolean kindMeets(Port other) {
        return meets(kind, other.kind);
    }

    /** Whether both lie in the same memory, or may. */
    public boolean memoryMeets(Port other) {
        return anywhere() || other.anywhere() || memory.equals(other.memory);
    }

    private boolean mediaKind() {
        return type.equals("packet") || type.equals("frame") || type.equals("*");
    }

    private static boolean meets(String a, String b) {
        return a.equals("*") || b.equals("*") || a.equals(b);
    }

    private boolean anywhere() {
        return memory.equals(ANYWHERE);
    }

    /** Whether it is in the host's memory, and only there. */
    public boolean onHost() {
        return memory.equals(HOST);
    }

    public Port withKind(String kind) {
        return new Port(type, kind, memory);
    }

    /** This in a kind of memory, where it may be in any. */
    public Port in(Memory.Kind kind) {
        return anywhere() ? new Port(type, this.kind, word(kind)) : this;
    }

    /** This where the other is: what came in there goes out as. */
    Port in(Port other) {
        return other.anywhere() ? this : new Port(type, kind, other.memory);
    }

    /** For messages: {@code video frames in CUDA memory}, {@code video frames in host memory}. */
    public String located() {
        return onHost() ? this + " in host memory" : toString();
    }

    /** For messages: {@code video frames}, {@code packets}, {@code anything}, {@code tensors in CUDA memory}. */
    @Override
    public String toString() {
        String what = type.equals("*") ? "anything" : type + "s";
        return (kind.equals("*") || !mediaKind() ? what : kind + " " + what)
                + (onHost() || anywhere() ? "" : " in " + memory.toUpperCase(Locale.ROOT) + " memory");
    }
}
