/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.pipeline;

import io.levada.api.stage.Command;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A stage that takes commands, at one moment. */
@ProviderType
public interface Steered {

    /** What it can be told. */
    List<Command> commands();

    /** How it stands, in one line. */
    String standing();
}
