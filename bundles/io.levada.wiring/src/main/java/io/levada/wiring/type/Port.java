/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.SampleType;

/**
 * What an input takes or an output carries, as {@code @StageType} words it: {@code frame}, {@code packet:audio}, {@code *}.
 *
 * @param type word of a {@link SampleType}, or {@code *} for any
 * @param kind word of a {@link MediaKind}, or {@code *} for any
 */
public record Port(String type, String kind) {

    public static final Port ANY = new Port("*", "*");

    public static Port parse(String word) {
        int colon = word.indexOf(':');
        return colon < 0 ? new Port(word, "*") : new Port(word.substring(0, colon), word.substring(colon + 1));
    }

    public static Port of(Format format) {
        return new Port(format.type().word(), format.kind().word());
    }

    /** Whether something can be both. */
    public boolean meets(Port other) {
        return meets(type, other.type) && (meets(kind, other.kind) || !mediaKind());
    }

    /** Whether the kinds can be the same, whatever the types. */
    boolean kindMeets(Port other) {
        return meets(kind, other.kind);
    }

    private boolean mediaKind() {
        return type.equals("packet") || type.equals("frame") || type.equals("*");
    }

    private static boolean meets(String a, String b) {
        return a.equals("*") || b.equals("*") || a.equals(b);
    }

    public Port withKind(String kind) {
        return new Port(type, kind);
    }

    /** For messages: {@code video frames}, {@code packets}, {@code anything}. */
    @Override
    public String toString() {
        String what = type.equals("*") ? "anything" : type + "s";
        return kind.equals("*") ? what : kind + " " + what;
    }
}
