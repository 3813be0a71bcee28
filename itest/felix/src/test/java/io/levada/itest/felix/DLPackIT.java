/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.felix;

import static org.junit.Assert.assertEquals;

import io.levada.api.media.HostMemory;
import io.levada.api.media.Memory;
import io.levada.api.media.Stamp;
import io.levada.api.media.Tensor;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.TimeBase;
import io.levada.cuda.dlpack.Capsule;
import io.levada.cuda.dlpack.DLPack;
import io.levada.itest.Await;
import java.util.List;
import org.junit.Test;

/** Native code finds its way back into a bundle; the rest of DLPack is tested beside it. */
public class DLPackIT extends NodeTest {

    @Test
    public void aTensorIsLentAndComesBackByItsDeleter() throws Exception {
        var names = List.of("x");
        var memory = HostMemory.allocate(4);
        memory.writable(0).put(3, (byte) 42);
        var tensor = Tensor.over(
                        memory, new TensorFormat(DType.U8, names, List.of(4L), Memory.Kind.HOST, 0, TimeBase.MILLIS))
                .stamp(Stamp.of("it/tensor:0", 0, 0, 0, 0, 0))
                .build();

        long lent = DLPack.lend(tensor, Capsule.DLTENSOR);
        var taken = DLPack.take(lent, Capsule.DLTENSOR, names, TimeBase.MILLIS)
                .stamp(tensor.stamp())
                .build();
        assertEquals(42, taken.memory().plane(0).get(3));
        assertEquals(2, memory.references());
        taken.release();

        Await.until("the deleter was called", SOON, () -> DLPack.lent() == 0);
        assertEquals(1, memory.references());
        tensor.release();
    }
}
