/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.users;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileUsersTest {

    @TempDir
    Path folder;

    private Path path;
    private UsersFile file;
    private FileUsers users;

    @BeforeEach
    void openUsers() {
        path = folder.resolve("users");
        file = new UsersFile(path);
        users = new FileUsers(path);
    }

    @Test
    void theFirstPasswordLetsAdminIn() {
        var password = file.createFirstUser();
        assertEquals(Set.of("admin"), users.names());
        assertTrue(users.authenticate("admin", password.toCharArray()));
        assertTrue(users.authenticate("admin", password.toCharArray()), "remembered");
        assertFalse(users.authenticate("admin", (password + "x").toCharArray()));
        assertFalse(users.authenticate("root", password.toCharArray()));
    }

    @Test
    void aFirstPasswordIsMadeOnlyOnce() {
        file.createFirstUser();
        assertThrows(IllegalStateException.class, file::createFirstUser);
    }

    @Test
    void aPasswordChangedByAnotherProcessHoldsAtOnce() {
        var old = file.createFirstUser();
        assertTrue(users.authenticate("admin", old.toCharArray()));
        new UsersFile(path).setPassword("admin", "quite another".toCharArray());
        assertFalse(users.authenticate("admin", old.toCharArray()));
        assertTrue(users.authenticate("admin", "quite another".toCharArray()));
    }

    @Test
    void changingOnePasswordKeepsTheOthers() {
        users.setPassword("anna", "first password".toCharArray());
        users.setPassword("bert", "second password".toCharArray());
        users.setPassword("anna", "third password".toCharArray());
        assertTrue(users.authenticate("anna", "third password".toCharArray()));
        assertTrue(users.authenticate("bert", "second password".toCharArray()));
    }

    @Test
    void theFileIsTheOwnersAloneAndHoldsNoPassword() throws IOException {
        var password = file.createFirstUser();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        assertFalse(Files.readString(path).contains(password));
    }

    @Test
    void digestSecretsAreKeptOnlyWhereTheyAreAskedFor_rfc7616_3_4_2() throws IOException {
        var secrets = path.resolveSibling("users-digest");
        users.setPassword("anna", "first password".toCharArray());
        assertEquals(Optional.empty(), users.digestSecret("anna", "MD5"));
        assertFalse(Files.exists(secrets));

        users.keepDigestSecrets(true);
        assertEquals(Optional.empty(), users.digestSecret("anna", "MD5"), "the password is not known any more");
        new UsersFile(path).setPassword("anna", "second password".toCharArray());
        users.setPassword("bert", "third password".toCharArray());
        assertEquals(Optional.of("955aa667e30eff9d63fd15a244154bb5"), users.digestSecret("anna", "MD5"));
        assertEquals(64, users.digestSecret("bert", "SHA-256").orElseThrow().length());
        assertEquals(Optional.empty(), users.digestSecret("bert", "SHA-1"));
        assertEquals(Optional.empty(), users.digestSecret("carl", "MD5"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets)));
        assertFalse(Files.readString(secrets).contains("password\n"));

        users.keepDigestSecrets(false);
        assertFalse(Files.exists(secrets));
        assertEquals(Optional.empty(), users.digestSecret("anna", "MD5"));
        assertTrue(users.authenticate("anna", "second password".toCharArray()));
    }

    @Test
    void aBadNameOrPasswordIsRefusedWithTheRule() {
        var name = assertThrows(
                IllegalArgumentException.class, () -> users.setPassword("a:b", "long enough".toCharArray()));
        assertTrue(name.getMessage().contains("letters"), name.getMessage());
        var length = assertThrows(IllegalArgumentException.class, () -> users.setPassword("anna", new char[7]));
        assertTrue(length.getMessage().contains("8 to 256"), length.getMessage());
    }

    @Test
    void aDamagedFileIsNamedWithTheRemedy() throws IOException {
        Files.writeString(path, "admin:secret\n");
        var error =
                assertThrows(IllegalStateException.class, () -> users.authenticate("admin", "secret".toCharArray()));
        assertTrue(error.getMessage().contains(path.toString()), error.getMessage());
        assertTrue(error.getMessage().contains("delete it"), error.getMessage());
    }
}
