/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.levada.api.stage.StageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node's models and who uses them. */
class ModelsTest {

    private final Models models = new Models();
    private final ModelUser one = new Anybody();
    private final ModelUser other = new Anybody();

    @TempDir
    Path folder;

    private static final class Anybody implements ModelUser {

        @Override
        public void check(ModelSpec changed) {}

        @Override
        public void wake() {}

        @Override
        public void warn(String message) {}
    }

    @AfterEach
    void stop() {
        models.stop();
    }

    private ModelKey key(String name) throws IOException {
        return new ModelKey(Cells.model(name, folder), "cpu", 1, 1);
    }

    private SharedModel use(ModelKey key, ModelUser user) {
        try {
            return models.use(key, user);
        } catch (StageException e) {
            throw new CompletionException(e);
        }
    }

    @Test
    void whileOneModelIsOpenedOthersAreNotHeldUp() throws Exception {
        var busy = models.use(key("cells.onnx"), one);
        var another = key("cells-8.onnx");
        synchronized (busy) { // as by who opens it
            var opened =
                    CompletableFuture.supplyAsync(() -> use(another, other)).get(60, TimeUnit.SECONDS);
            models.release(opened, other);
        }
        models.release(busy, one);
    }

    @Test
    void whoComesWhenTheLastOneHasLeftOpensItAnew() throws Exception {
        var key = key("cells.onnx");
        var first = models.use(key, one);
        assertSame(first, models.use(key, other));
        models.release(first, one);
        assertSame(first, models.use(key, one));
        models.release(first, one);
        models.release(first, other);
        var second = models.use(key, one);
        assertNotSame(first, second);
        assertEquals(1, second.users());
        models.release(second, one);
    }

    @Test
    void aModelThatCouldNotBeOpenedIsTriedAnew() throws Exception {
        var key = new ModelKey(folder.resolve("cells.onnx"), "cpu", 1, 1);
        assertThrows(StageException.class, () -> models.use(key, one));
        Cells.model("cells.onnx", folder);
        models.release(models.use(key, one), one);
    }
}
