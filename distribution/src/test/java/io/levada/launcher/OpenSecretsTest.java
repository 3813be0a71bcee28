/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenSecretsTest {

    @TempDir
    Path etc;

    private Path secrets;

    @BeforeEach
    void makeSecrets() throws IOException {
        secrets = Files.createDirectory(etc.resolve("secrets"));
        mode(secrets, "rwx------");
        file("README", "rw-r--r--");
        file("owned", "rw-------");
    }

    @Test
    void whatOnlyTheOwnerMayReadIsFine() {
        assertEquals(Optional.empty(), OpenSecrets.in(secrets));
    }

    @Test
    void everyOpenFileIsNamedInOneWarningWithTheRemedy() throws IOException {
        var others = file("others", "rw----r--");
        var group = file("group", "rw-r-----");
        assertEquals(
                Optional.of("Others than their owner may get at secrets: chmod 600 " + group + " " + others),
                OpenSecrets.in(secrets));
    }

    @Test
    void anOpenDirectoryIsNamed() throws IOException {
        mode(secrets, "rwxr-xr-x");
        assertEquals(
                Optional.of("Others than their owner may get at secrets: chmod 700 " + secrets),
                OpenSecrets.in(secrets));
    }

    @Test
    void anOpenDirectoryWithoutASecretIsFineAsItIsWhenUnpacked() throws IOException {
        Files.delete(secrets.resolve("owned"));
        mode(secrets, "rwxr-xr-x");
        assertEquals(Optional.empty(), OpenSecrets.in(secrets));
    }

    @Test
    void noSecretsAreFine() {
        assertEquals(Optional.empty(), OpenSecrets.in(etc.resolve("none")));
    }

    private Path file(String name, String mode) throws IOException {
        return mode(Files.writeString(secrets.resolve(name), "x"), mode);
    }

    private static Path mode(Path path, String mode) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
