/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.stage.Stage;
import java.util.List;
import java.util.Set;

/** The stage types that can be used at this moment, and instances of them. Thread-safe. */
public interface StageCatalog {

    /** The providers of a type or role, best first. */
    List<StageTypeEntry> providers(String typeOrRole);

    /** Whether the name is that of a role some type fills. */
    boolean isRole(String name);

    /** The names that {@code type} can have. */
    Set<String> names();

    /** A new instance; give it back to {@link #giveBack}. */
    Stage take(StageTypeEntry entry);

    void giveBack(StageTypeEntry entry, Stage stage);
}
