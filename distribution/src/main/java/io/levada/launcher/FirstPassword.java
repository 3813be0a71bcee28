/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import io.levada.users.UsersFile;

/** What to tell about the user of the console: a password made now is shown now, and never again. */
final class FirstPassword {

    private FirstPassword() {}

    /** Makes the first user if there is none. */
    static String credentials(DataDirectory data) {
        var users = new UsersFile(data.users());
        if (users.exists()) {
            return UsersFile.FIRST_USER + " (bin/levada passwd changes the password)";
        }
        return "%s / %s (shown once; bin/levada passwd changes it)"
                .formatted(UsersFile.FIRST_USER, users.createFirstUser());
    }
}
