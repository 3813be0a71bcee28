/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.HostMemory;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import io.levada.api.media.Tensor;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.testkit.Stamps;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TakenTensorTest {

    @BeforeEach
    void trackMemory() {
        LeakDetector.level(LeakDetector.Level.ALL);
        LeakDetector.reset();
        ForeignTensor.DELETED.clear();
    }

    @AfterEach
    void nothingIsHeld() {
        assertEquals(List.of(), LeakDetector.live());
        awaitDeleters();
        assertEquals(0, DLPack.taken());
        assertEquals(0, DLPack.lent());
    }

    private static void awaitDeleters() {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (DLPack.taken() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static Tensor take(ForeignTensor foreign, Capsule capsule, int dimensions) throws StageException {
        var names = IntStream.range(0, dimensions).mapToObj(i -> "d" + i).toList();
        return DLPack.take(foreign.address(), capsule, names, TimeBase.MILLIS)
                .stamp(Stamps.at(TimeBase.MILLIS, 0))
                .build();
    }

    private static Tensor take(ForeignTensor foreign, int dimensions) throws StageException {
        return take(foreign, Capsule.DLTENSOR, dimensions);
    }

    private static String refused(ForeignTensor foreign, Capsule capsule, int dimensions) {
        var refusal = assertThrows(StageException.class, () -> take(foreign, capsule, dimensions));
        assertEquals(0, DLPack.taken()); // still the caller's
        return refusal.getMessage();
    }

    private static String refused(ForeignTensor foreign, int dimensions) {
        return refused(foreign, Capsule.DLTENSOR, dimensions);
    }

    @ParameterizedTest
    @EnumSource
    void isTheOtherLibrarysMemoryAndNoCopy(Capsule capsule) throws Exception {
        var foreign = ForeignTensor.of(capsule, DType.U8, 2, 3);

        var tensor = take(foreign, capsule, 2);

        assertEquals("U8 [d0, d1][2, 3]", tensor.format().toString());
        assertEquals(Memory.Kind.HOST, tensor.memory().kind());
        assertEquals(foreign.data.address(), tensor.memory().address(0));
        assertEquals(6, tensor.memory().plane(0).limit());
        foreign.data.put(5, (byte) 99);
        assertEquals(99, tensor.memory().plane(0).get(5));
        assertEquals(3, tensor.stride(0));
        assertEquals(1, tensor.stride(1));
        tensor.release();
    }

    @ParameterizedTest
    @EnumSource
    void isDeletedOnceAndOnAThreadOfItsOwnAfterTheLastRelease(Capsule capsule) throws Exception {
        var foreign = ForeignTensor.of(capsule, DType.F32, 4);
        var tensor = take(foreign, capsule, 1);
        tensor.retain();
        tensor.release();
        assertEquals(1, DLPack.taken());
        assertEquals(List.of(), ForeignTensor.DELETED);

        tensor.release();

        awaitDeleters();
        assertEquals(List.of(new ForeignTensor.Deleted(foreign.address(), "levada-dlpack")), ForeignTensor.DELETED);
    }

    @ParameterizedTest
    @EnumSource
    void hasTheElementsOfEveryType(DType dtype) throws Exception {
        var tensor = take(ForeignTensor.of(Capsule.DLTENSOR, dtype, 3), 1);

        assertEquals(dtype, tensor.format().dtype());
        assertEquals(3 * dtype.bits() / 8, tensor.memory().size(0));
        tensor.release();
    }

    @Test
    void keepsItsStridesAndItsOffset() throws Exception {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 6);
        foreign.put(16, 2);
        foreign.shape(2, 2);
        foreign.strides(1, 3);
        foreign.byteOffset(2);

        var tensor = take(foreign, 2);

        assertEquals(1, tensor.stride(0));
        assertEquals(3, tensor.stride(1));
        assertEquals(5, tensor.memory().size(0));
        assertEquals(2, tensor.memory().plane(0).get(0));
        assertEquals(6, tensor.memory().plane(0).get(4));
        tensor.release();
    }

    @Test
    void mayBeASingleElementOrNone() throws Exception {
        var scalar = take(ForeignTensor.of(Capsule.DLTENSOR, DType.I64), 0);
        assertEquals(8, scalar.memory().size(0));
        scalar.release();

        var none = take(ForeignTensor.of(Capsule.DLTENSOR, DType.I64, 4, 0), 2);
        assertEquals(0, none.memory().size(0));
        none.release();
    }

    @Test
    void needNotHaveADeleter() throws Exception {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4);
        foreign.noDeleter();

        take(foreign, 1).release();

        awaitDeleters();
        assertEquals(List.of(), ForeignTensor.DELETED);
    }

    @Test
    void ofPinnedMemoryIsOnTheHost() throws Exception {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4);
        foreign.put(8, ManagedTensor.CUDA_HOST);

        var tensor = take(foreign, 1);

        assertEquals(Memory.Kind.HOST, tensor.memory().kind());
        tensor.release();
    }

    @Test
    void comesHomeAsItWasLent() throws Exception {
        var format =
                new TensorFormat(DType.F16, List.of("y", "x"), List.of(2L, 2L), Memory.Kind.HOST, 0, TimeBase.MILLIS);
        var memory = HostMemory.allocate(32);
        var tensor = Tensor.over(memory, format)
                .layout(format, 8, 2)
                .stamp(Stamps.at(TimeBase.MILLIS, 0))
                .build();
        long lent = DLPack.lend(tensor, Capsule.DLTENSOR);
        long data = ManagedTensor.at(lent, Capsule.DLTENSOR).data();

        var back = DLPack.take(lent, Capsule.DLTENSOR, List.of("y", "x"), TimeBase.MILLIS)
                .stamp(tensor.stamp())
                .build();

        assertEquals(format, back.format());
        assertEquals(data, back.memory().address(0));
        assertEquals(8, back.stride(0));
        assertEquals(2, back.stride(1));
        back.release();
        awaitDeleters();
        assertEquals(1, memory.references());
        tensor.release();
    }

    @Test
    void thatIsForgottenIsALeak() throws Exception {
        String before = LeakDetector.enter("lobby/python");
        var tensor = take(ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4), 1);
        LeakDetector.exit(before);

        assertEquals(List.of("TakenMemory made by lobby/python, never released by lobby/python"), LeakDetector.live());
        tensor.release();
    }

    @Test
    void ofAnUnknownElementTypeIsRefusedWithARemedy() {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4);
        foreign.put(20, 5 | 64 << 8 | 1 << 16); // complex
        assertTrue(refused(foreign, 1).contains("type code 5, 64 bits, 1 lanes"));
        foreign.put(20, 1 | 8 << 8 | 4 << 16); // vectors of four
        assertTrue(refused(foreign, 1).contains("4 lanes"));
    }

    @Test
    void onAnUnknownDeviceIsRefused() {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4);
        foreign.put(8, 10);
        assertTrue(refused(foreign, 1).contains("device type 10"));
    }

    @Test
    void onAGpuIsRefusedWithoutAStream() {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4);
        foreign.put(8, ManagedTensor.CUDA);
        assertTrue(refused(foreign, 1).contains("with a stream"));
    }

    @Test
    void thatRunsBackwardsIsRefused() {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4);
        foreign.strides(-1);
        assertTrue(refused(foreign, 1).contains("before the first one"));
    }

    @Test
    void ofHostileSizesIsRefused() {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.F32, 4, 4);
        foreign.shape(Long.MAX_VALUE, Long.MAX_VALUE);
        assertTrue(refused(foreign, 2).contains("larger than any memory"));
        foreign.shape(1L << 20, 1L << 20);
        assertTrue(refused(foreign, 2).contains("larger than 2 GiB"));
        foreign.shape(-1, 4);
        refused(foreign, 2);
        foreign.put(16, 65);
        assertTrue(refused(foreign, 2).contains("65 dimensions"));
        foreign.put(16, -1);
        refused(foreign, 2);
    }

    @Test
    void withoutDataIsRefused() {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4);
        foreign.bytes.putLong(0, 0);
        assertTrue(refused(foreign, 1).contains("has no data"));
    }

    @Test
    void withoutAShapeIsRefused() {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4);
        foreign.bytes.putLong(24, 0);
        assertTrue(refused(foreign, 1).contains("1 dimensions can't be taken"));
    }

    @Test
    void ofALaterDlpackIsRefused() {
        var foreign = ForeignTensor.of(Capsule.DLTENSOR_VERSIONED, DType.U8, 4);
        foreign.bytes.putInt(0, 2);
        assertTrue(refused(foreign, Capsule.DLTENSOR_VERSIONED, 1).contains("DLPack 2.1"));
    }

    @Test
    void needsANameForEachDimension() {
        assertTrue(refused(ForeignTensor.of(Capsule.DLTENSOR, DType.U8, 4), 2).contains("1 dimensions"));
    }
}
