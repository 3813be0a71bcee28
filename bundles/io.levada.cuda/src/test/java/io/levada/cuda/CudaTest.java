/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.levada.api.stage.StageException;
import org.junit.jupiter.api.Test;

/** Of a machine without a GPU; itest/gpu has the rest. */
class CudaTest {

    private final Cuda cuda = Cuda.probe();

    @Test
    void isLookedForOnce() {
        assertSame(cuda, Cuda.probe());
    }

    @Test
    void saysWhyThereIsNone() {
        assumeFalse(cuda.available());
        assertFalse(cuda.reason().isBlank());
        assertEquals("no GPU (" + cuda.reason() + ")", cuda.toString());
    }

    @Test
    void aStageThatAsksForADeviceIsToldTheReason() {
        assumeFalse(cuda.available());
        var refusal = assertThrows(StageException.class, () -> cuda.device(-1));
        assertEquals("no GPU: " + cuda.reason(), refusal.getMessage());
        assertEquals(StageException.Kind.FAILED, refusal.kind());
        assertTrue(refusal.remedy().orElse("").contains("type = decoder"), refusal::toString);
    }

    @Test
    void aDeviceThatIsNotThereIsAnInvalidParameter() {
        assumeTrue(cuda.available());
        var refusal = assertThrows(StageException.class, () -> cuda.device(63));
        assertEquals("device", refusal.parameter().orElseThrow());
    }
}
