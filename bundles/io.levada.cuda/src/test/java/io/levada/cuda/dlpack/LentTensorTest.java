/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda.dlpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.HostMemory;
import io.levada.api.media.HostMemoryPool;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Memory;
import io.levada.api.media.Tensor;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.StageException;
import io.levada.testkit.Stamps;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LentTensorTest {

    @BeforeEach
    void trackMemory() {
        LeakDetector.level(LeakDetector.Level.ALL);
        LeakDetector.reset();
    }

    @AfterEach
    void nothingIsHeld() {
        assertEquals(List.of(), LeakDetector.live());
        assertEquals(0, DLPack.lent());
    }

    private static TensorFormat format(DType dtype, long... shape) {
        return new TensorFormat(
                dtype,
                IntStream.range(0, shape.length).mapToObj(i -> "d" + i).toList(),
                LongStream.of(shape).boxed().toList(),
                Memory.Kind.HOST,
                0,
                TimeBase.MILLIS);
    }

    private static Tensor tensor(Memory memory, DType dtype, long... shape) {
        return Tensor.over(memory, format(dtype, shape))
                .stamp(Stamps.at(TimeBase.MILLIS, 0))
                .build();
    }

    private static void delete(long structure, Capsule capsule) {
        Deleter.call(ManagedTensor.at(structure, capsule).deleter(), structure);
    }

    @ParameterizedTest
    @EnumSource
    void isItsMemoryAndNoCopyUntilTheDeleterIsCalled(Capsule capsule) throws Exception {
        var memory = HostMemory.allocate(24);
        memory.writable(0).putInt(20, 42);
        var tensor = tensor(memory, DType.I32, 2, 3);

        long address = DLPack.lend(tensor, capsule);

        assertEquals(2, memory.references());
        assertEquals(1, DLPack.lent());
        var structure = ManagedTensor.at(address, capsule);
        var bytes = new BytePointer(new ManagedTensor.At(structure.data())).capacity(24);
        assertEquals(42, bytes.getInt(20));
        bytes.putInt(0, 7);
        assertEquals(7, tensor.memory().plane(0).getInt(0));
        delete(address, capsule);
        assertEquals(1, memory.references());
        assertEquals(0, DLPack.lent());
        tensor.release();
    }

    @ParameterizedTest
    @EnumSource
    void saysHowItLies(DType dtype) throws Exception {
        var tensor = tensor(HostMemory.allocate(2 * 3 * 5 * 8), dtype, 2, 3, 5);

        var structure = ManagedTensor.at(DLPack.lend(tensor, Capsule.DLTENSOR), Capsule.DLTENSOR);

        assertEquals(dtype.code(), structure.code());
        assertEquals(dtype.bits(), structure.bits());
        assertEquals(1, structure.lanes());
        assertEquals(ManagedTensor.CPU, structure.deviceType());
        assertEquals(0, structure.deviceId());
        assertArrayEquals(new long[] {2, 3, 5}, structure.shape());
        assertArrayEquals(new long[] {15, 5, 1}, structure.strides());
        delete(structure.address(), Capsule.DLTENSOR);
        tensor.release();
    }

    @Test
    void thatIsStridedSaysSo() throws Exception {
        var memory = HostMemory.allocate(64);
        var tensor = Tensor.over(memory, format(DType.U8, 3, 4))
                .layout(format(DType.U8, 3, 4), 16, 2)
                .stamp(Stamps.at(TimeBase.MILLIS, 0))
                .build();

        long address = DLPack.lend(tensor, Capsule.DLTENSOR);

        assertArrayEquals(
                new long[] {16, 2}, ManagedTensor.at(address, Capsule.DLTENSOR).strides());
        delete(address, Capsule.DLTENSOR);
        tensor.release();
    }

    @Test
    void thatIsPartOfABufferBeginsThere() throws Exception {
        var buffer = ByteBuffer.allocateDirect(32);
        var tensor = tensor(HostMemory.over(buffer.slice(8, 16)), DType.F32, 4);

        long address = DLPack.lend(tensor, Capsule.DLTENSOR);

        assertEquals(
                new BytePointer(buffer).address() + 8,
                ManagedTensor.at(address, Capsule.DLTENSOR).data());
        delete(address, Capsule.DLTENSOR);
        tensor.release();
    }

    @Test
    void ofDlpackOneIsReadOnly() throws Exception {
        var tensor = tensor(HostMemory.allocate(8), DType.U8, 8);

        long address = DLPack.lend(tensor, Capsule.DLTENSOR_VERSIONED);

        var words = new BytePointer(new ManagedTensor.At(address)).capacity(80);
        assertEquals(1, words.getInt(0));
        assertEquals(1, words.getLong(24));
        delete(address, Capsule.DLTENSOR_VERSIONED);
        tensor.release();
    }

    @Test
    void goesBackToItsPoolWhenTheBorrowerIsLast() throws Exception {
        var pool = new HostMemoryPool(1, 16);
        var memory = pool.take();
        var tensor = tensor(memory, DType.U8, 16);
        long address = DLPack.lend(tensor, Capsule.DLTENSOR);
        tensor.release();
        assertEquals(1, memory.references());

        delete(address, Capsule.DLTENSOR);

        assertEquals(0, memory.references());
        var again = pool.take();
        assertEquals(memory, again);
        again.release();
    }

    @Test
    void thatNeverComesBackIsALeakOfWhoLentIt() throws Exception {
        String before = LeakDetector.enter("lobby/python");
        var tensor = tensor(HostMemory.allocate(4), DType.U8, 4);
        long address = DLPack.lend(tensor, Capsule.DLTENSOR);
        tensor.release();
        LeakDetector.exit(before);

        assertEquals(
                List.of("HostMemory made by lobby/python, never released by DLPack, lent by lobby/python"),
                LeakDetector.live());

        delete(address, Capsule.DLTENSOR);
    }

    @Test
    void thatIsDeletedTwiceIsReleasedOnce() throws Exception {
        var memory = HostMemory.allocate(4);
        var tensor = tensor(memory, DType.U8, 4);
        long address = DLPack.lend(tensor, Capsule.DLTENSOR);
        long deleter = ManagedTensor.at(address, Capsule.DLTENSOR).deleter();
        Deleter.call(deleter, address);

        Deleter.call(deleter, address);

        assertEquals(1, memory.references());
        tensor.release();
    }

    @Test
    void isLentAsOftenAsOneLikes() throws Exception {
        var memory = HostMemory.allocate(4);
        var tensor = tensor(memory, DType.U8, 4);
        long one = DLPack.lend(tensor, Capsule.DLTENSOR);
        long other = DLPack.lend(tensor, Capsule.DLTENSOR_VERSIONED);
        assertEquals(3, memory.references());

        delete(one, Capsule.DLTENSOR);
        delete(other, Capsule.DLTENSOR_VERSIONED);

        assertEquals(1, memory.references());
        tensor.release();
    }

    @Test
    void withoutElementsHasNoData() throws Exception {
        var tensor = tensor(HostMemory.allocate(4), DType.F32, 3, 0, 2);

        long address = DLPack.lend(tensor, Capsule.DLTENSOR);

        assertEquals(0, ManagedTensor.at(address, Capsule.DLTENSOR).data());
        delete(address, Capsule.DLTENSOR);
        tensor.release();
    }

    @Test
    void onTheHeapIsRefused() {
        var tensor = tensor(HostMemory.over(ByteBuffer.allocate(4)), DType.U8, 4);

        var refusal = assertThrows(StageException.class, () -> DLPack.lend(tensor, Capsule.DLTENSOR));

        assertTrue(refusal.getMessage().contains("heap"), refusal.getMessage());
        tensor.release();
    }

    @Test
    void thatReachesBeyondItsMemoryIsRefused() {
        var tensor = tensor(HostMemory.allocate(15), DType.F32, 4);

        var refusal = assertThrows(StageException.class, () -> DLPack.lend(tensor, Capsule.DLTENSOR));

        assertTrue(refusal.getMessage().contains("has 15 bytes"), refusal.getMessage());
        tensor.release();
    }

    @Test
    void thatIsReleasedAlreadyIsRefused() {
        var tensor = tensor(HostMemory.allocate(4), DType.U8, 4);
        tensor.release();

        assertThrows(IllegalStateException.class, () -> DLPack.lend(tensor, Capsule.DLTENSOR));

        assertFalse(tensor.memory().references() > 0);
    }
}
