/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.user;

import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** The node's users. Passwords are kept salted and hashed only. Thread-safe. */
@ProviderType
public interface Users {

    /** Whether the password is that user's; takes as long for an unknown user as for a known one. */
    boolean authenticate(String user, char[] password);

    /**
     * Makes the user or changes the password; durable when it returns.
     *
     * @throws IllegalArgumentException for a name or password that is not acceptable, saying why
     */
    void setPassword(String user, char[] password);

    /** The users there are; empty before the first start is complete. */
    Set<String> names();
}
