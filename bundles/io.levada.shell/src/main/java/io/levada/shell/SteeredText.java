/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.Steered;

/** A stage that can be steered, as text. */
final class SteeredText {

    private SteeredText() {}

    static String of(String stage, Steered steered) {
        var text = new StringBuilder(stage).append(": ").append(steered.standing());
        int width = steered.commands().stream()
                .mapToInt(command -> command.usage().length())
                .max()
                .orElse(0);
        for (var command : steered.commands()) {
            text.append("\n  ")
                    .append(command.usage())
                    .append(" ".repeat(width - command.usage().length() + 2))
                    .append(command.description());
        }
        return text.toString();
    }
}
