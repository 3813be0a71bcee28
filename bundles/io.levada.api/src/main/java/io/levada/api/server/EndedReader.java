/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.server;

import java.time.Instant;
import org.osgi.annotation.versioning.ProviderType;

/** A reader that the server ended. */
@ProviderType
public interface EndedReader {

    /** How it stood at its end. */
    ReaderStatus reader();

    Instant at();

    /** Why, such as {@code read too slowly for 10 s}. */
    String reason();
}
