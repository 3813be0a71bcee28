/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.user;

import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/** The node's users. Passwords are kept salted and hashed only. Thread-safe. */
@ProviderType
public interface Users {

    /** The realm in which the node's servers ask for a password; digest secrets hold in it alone. */
    String REALM = "Levada";

    /** Whether the password is that user's; takes as long for an unknown user as for a known one. */
    boolean authenticate(String user, char[] password);

    /**
     * Makes the user or changes the password; durable when it returns.
     *
     * @throws IllegalArgumentException for a name or password that is not acceptable, saying why
     */
    void setPassword(String user, char[] password);

    /**
     * The secret H(user:realm:password) that HTTP Digest is answered with (RFC 7616, 3.4.2), in lower-case hexadecimal. Empty
     * for an unknown user, and for one whose password was set while no digest secrets were kept.
     *
     * @param algorithm {@code MD5} or {@code SHA-256}
     */
    Optional<String> digestSecret(String user, String algorithm);

    /**
     * Whether a digest secret is kept with every password that is set from now on. To a server of Digest it is as good as the
     * password itself, so it is kept only as long as there is one: {@code false} forgets those that were kept.
     */
    void keepDigestSecrets(boolean keep);

    /** The users there are; empty before the first start is complete. */
    Set<String> names();
}
