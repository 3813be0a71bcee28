/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.definition;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One entry of {@code from}: {@code stage}, {@code stage:track} or {@code pipeline/stage:track}, with the link's settings in
 * brackets.
 *
 * @param pipeline empty for the same one
 * @param stage the producing stage
 * @param track its track, if one was named
 * @param settings of the link: {@code policy}, {@code max}
 */
public record Reference(Optional<String> pipeline, String stage, Optional<String> track, Map<String, String> settings) {

    private static final Pattern FORM = Pattern.compile(
            "(?:([a-z][a-z0-9-]*)/)?([a-z][a-z0-9-]*)(?::([a-z]+[0-9]*))?" + "\\s*(?:\\[([^\\[\\]]*)\\])?");
    private static final Pattern BEFORE_SETTING = Pattern.compile("[,\\s]+(?=[a-z-]+\\s*=)");
    private static final Pattern SETTING = Pattern.compile("([a-z-]+)\\s*=\\s*([^=,]+)");

    /** @throws IllegalArgumentException saying what is wrong with it */
    public static Reference parse(String text) {
        var matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text.strip()
                    + "' is not stage, stage:track or pipeline/stage, such as cam, cam:audio or lobby/decode");
        }
        return new Reference(
                Optional.ofNullable(matcher.group(1)),
                matcher.group(2),
                Optional.ofNullable(matcher.group(3)),
                settings(matcher.group(4)));
    }

    private static Map<String, String> settings(String text) {
        var settings = new LinkedHashMap<String, String>();
        if (text == null || text.isBlank()) {
            return settings;
        }
        for (var part : BEFORE_SETTING.split(text.strip())) {
            var matcher = SETTING.matcher(part);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "'[" + text + "]' is not a list of settings such as [policy=latest max=2 s]");
            }
            if (settings.put(matcher.group(1), matcher.group(2).strip()) != null) {
                throw new IllegalArgumentException("'[" + text + "]' has " + matcher.group(1) + " twice");
            }
        }
        return settings;
    }

    /** Whether both bring the same track, or would. */
    public boolean overlaps(Reference other) {
        return pipeline.equals(other.pipeline)
                && stage.equals(other.stage)
                && (track.isEmpty() || other.track.isEmpty() || track.equals(other.track));
    }

    /** As it stands in messages: without the settings. */
    @Override
    public String toString() {
        return pipeline.map(name -> name + "/").orElse("")
                + stage
                + track.map(name -> ":" + name).orElse("");
    }
}
