/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import java.util.List;

/**
 * What a stage can be told while it runs, beside its parameters: which input goes through, whether it records. Such orders
 * are never written to the configuration, but an instance that takes the place of another goes on as ordered. All methods
 * are called between two samples, as those of {@link Stage} are.
 */
public interface Controllable {

    /** What it can be told, in the order in which users are to read it. */
    List<Command> commands();

    /** How it stands now, in one line. */
    String standing();

    /**
     * Does as it is told.
     *
     * @param order one of {@link #commands}; when another instance was given it, {@link Order#given} tells how long ago
     * @return what came of it, in one line
     * @throws StageException saying which argument can't be, why, and what can; then nothing has changed
     */
    String control(Order order) throws Exception;
}
