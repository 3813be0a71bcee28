/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.stage.NearMiss;
import io.levada.api.stage.Stage;
import io.levada.wiring.definition.StageDefinition;
import java.util.List;
import java.util.Set;

/** The stage types that can be used at this moment, and instances of them. Thread-safe. */
public interface StageCatalog {

    /** The providers of a type or role, best first. */
    List<StageTypeEntry> providers(String typeOrRole);

    /** Those that a stage may have: of the versions that it wants. */
    default List<StageTypeEntry> providers(StageDefinition stage) {
        var pin = stage.setting("version", "");
        var all = providers(stage.type());
        return pin.isEmpty()
                ? all
                : all.stream()
                        .filter(entry -> VersionPin.admits(pin, entry.version()))
                        .toList();
    }

    /** What a stage waits for that has no provider, and what there is instead. */
    default String missing(StageDefinition stage) {
        var type = stage.type();
        var others = providers(type).stream()
                .map(entry -> entry.version().toString())
                .sorted()
                .toList();
        return others.isEmpty()
                ? "waits for stage type " + type + " (no bundle provides it)" + NearMiss.hint(type, names())
                : "waits for stage type " + type + " of version " + stage.setting("version", "") + "; there is "
                        + String.join(", ", others);
    }

    /** Whether the name is that of a role some type fills. */
    boolean isRole(String name);

    /** The names that {@code type} can have. */
    Set<String> names();

    /** A new instance; give it back to {@link #giveBack}. */
    Stage take(StageTypeEntry entry);

    void giveBack(StageTypeEntry entry, Stage stage);
}
