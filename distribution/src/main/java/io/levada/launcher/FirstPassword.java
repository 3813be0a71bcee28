/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import io.levada.users.UsersFile;

/** What to tell about the user of the console: a password made now is shown now, and never again. */
final class FirstPassword {

    private FirstPassword() {}

    /** Makes the first user if there is none. Once the node is up: a password of a node that fails to start is never seen. */
    static String credentials(DataDirectory data) {
        var users = new UsersFile(data.users());
        return users.exists()
                ? user(data)
                : "%s / %s (shown once; %s changes it)"
                        .formatted(UsersFile.FIRST_USER, users.createFirstUser(), command(data));
    }

    /** Makes no user. */
    static String user(DataDirectory data) {
        return "%s (%s changes the password)".formatted(UsersFile.FIRST_USER, command(data));
    }

    /** The demo has users of its own. */
    private static String command(DataDirectory data) {
        return data.equals(new DataOption().directory())
                ? "bin/levada passwd"
                : "bin/levada passwd --data " + data.path();
    }
}
