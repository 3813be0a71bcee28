/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("report.md");
    }

    private void run(Part part, Report.Check check) throws Exception {
        var report = new Report(ReportFile.read(file()), part);
        report.check("it is so", check);
        report.end();
    }

    private String verdict() throws Exception {
        return ReportFile.read(file()).verdict();
    }

    @Test
    void allHoldOnlyWhenEveryPartHasRun() throws Exception {
        for (var part : Part.values()) {
            assertFalse(verdict().contains("All checks hold"), verdict());
            run(part, () -> "seen");
        }
        assertEquals("All checks hold.", verdict());
    }

    @Test
    void aRunReplacesItsPartsAndKeepsTheOthers() throws Exception {
        run(Part.LIFE, () -> "of the first run");
        run(Part.PIXELS, () -> {
            throw new AssertionError("a value differs\n## of 5");
        });
        assertTrue(verdict().startsWith("1 check FAILED. Not run: dlpack, "), verdict());
        run(Part.PIXELS, () -> "of the second run");
        assertTrue(verdict().startsWith("No check failed. Not run: dlpack, "), verdict());
        var text = Files.readString(file());
        assertTrue(text.contains("of the first run") && text.contains("of the second run"), text);
        assertFalse(text.contains("differs"), text);
        assertTrue(ReportFile.read(file()).hold(EnumSet.of(Part.LIFE, Part.PIXELS)));
        assertFalse(ReportFile.read(file()).hold(EnumSet.of(Part.LIFE, Part.SPEED)));
    }

    @Test
    void aPartThatIsCutShortDidNotEnd() throws Exception {
        run(Part.LIFE, () -> "");
        new Report(ReportFile.read(file()), Part.LIFE).line("begun again");
        assertTrue(verdict().startsWith("No check failed. Did not end: life. Not run: pixels, "), verdict());
        assertFalse(ReportFile.read(file()).hold(EnumSet.of(Part.LIFE)));
    }

    @Test
    void whatFailedBeforeAPartWasCutShortIsCounted() throws Exception {
        new Report(ReportFile.read(file()), Part.LIFE).check("it is so", () -> {
            throw new AssertionError("it is not");
        });
        assertTrue(verdict().startsWith("1 check FAILED. Did not end: life. "), verdict());
    }

    @Test
    void whatTheMachineCannotTellIsCountedApart() throws Exception {
        run(Part.DEVICES, () -> {
            throw new Report.NotHere("there is one");
        });
        assertTrue(
                verdict().startsWith("No check failed. 1 could not be made here. Nothing was checked of: devices. "),
                verdict());
    }

    @Test
    void aRehearsalCountsForNothing() throws Exception {
        var report = new Report(ReportFile.read(file()), Part.NODE);
        report.check("it is so", () -> "by software");
        report.endRehearsal();
        assertTrue(verdict().contains("Nothing was checked of: node. "), verdict());
    }

    @Test
    void aPartThatChecksNothingFails() throws Exception {
        new Report(ReportFile.read(file()), Part.FAULTS).end();
        assertTrue(verdict().startsWith("1 check FAILED."), verdict());
    }

    @Test
    void anotherFileIsLeftAlone() throws Exception {
        Files.writeString(file(), "my notes");
        assertThrows(IllegalArgumentException.class, () -> ReportFile.read(file()));
    }

    @Test
    void aMisspeltPartIsRefusedWithAllNames() {
        var refusal = assertThrows(
                IllegalArgumentException.class, () -> Settings.chosen(Part.class, "part", List.of("life", "pixel")));
        assertTrue(refusal.getMessage().contains("no part \"pixel\"; there are [pixels, life, "), refusal.getMessage());
        assertEquals(EnumSet.allOf(Part.class), Settings.chosen(Part.class, "part", List.of()));
        assertEquals(EnumSet.of(Part.LIFE), Settings.chosen(Part.class, "part", List.of("life")));
    }
}
