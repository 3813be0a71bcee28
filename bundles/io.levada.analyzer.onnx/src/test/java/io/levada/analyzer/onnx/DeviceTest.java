/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Memory;
import io.levada.api.media.Placement;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeviceTest {

    private static final Device CPU = new Device(-1, "no NVIDIA driver found");
    private static final Device FIRST_GPU = new Device(0, "");

    private static TensorFormat tensors(Memory.Kind memory, int device) {
        return new TensorFormat(
                DType.F32,
                List.of("n", "c", "h", "w"),
                List.of(1L, 3L, 320L, 320L),
                memory,
                device,
                new TimeBase(1, 25),
                Placement.WHOLE);
    }

    private static void check(Device model, Memory.Kind memory, int device) throws StageException {
        model.check(memory, device, tensors(memory, device));
    }

    @Test
    void whatIsInHostMemoryIsTakenEverywhere() {
        assertDoesNotThrow(() -> check(CPU, Memory.Kind.HOST, 0));
        assertDoesNotThrow(() -> check(FIRST_GPU, Memory.Kind.HOST, 0));
    }

    @Test
    void whatIsOnAGpuIsTakenByAModelThere() {
        assertDoesNotThrow(() -> check(FIRST_GPU, Memory.Kind.CUDA, 0));
    }

    @Test
    void whatIsOnAGpuIsRefusedByAModelOnTheCpuWithItsReason() {
        var refusal = assertThrows(StageException.class, () -> check(CPU, Memory.Kind.CUDA, 0));
        assertTrue(refusal.getMessage().contains("no NVIDIA driver found"), refusal::getMessage);
        assertTrue(refusal.remedy().orElseThrow().contains("gpu.download"));
    }

    @Test
    void whatIsOnAnotherGpuIsRefusedNamingTheRightDevice() {
        var refusal = assertThrows(StageException.class, () -> check(FIRST_GPU, Memory.Kind.CUDA, 1));
        assertTrue(refusal.remedy().orElseThrow().contains("device = cuda:1"));
    }

    @Test
    void runsOnAGpuHaveFewSizesAndNeverMoreThanTheLargest() {
        var sizes = IntStream.rangeClosed(1, 12)
                .map(rows -> FIRST_GPU.run(rows, 12))
                .boxed()
                .toList();
        assertEquals(List.of(1, 2, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12), sizes);
    }

    @Test
    void runsOnTheCpuHaveTheSizeThatIsWanted() {
        assertEquals(5, CPU.run(5, 8));
    }
}
