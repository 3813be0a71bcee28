/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import io.levada.api.stage.StageException;
import io.levada.cuda.CudaDevice;
import io.levada.cuda.CudaModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Kernels that lie beside a class, each compiled for what it is used for. */
public final class Kernels {

    private Kernels() {}

    /**
     * @param owner the class beside which the file lies
     * @param defines what the preprocessor replaces
     */
    public static CudaModule compile(CudaDevice device, Class<?> owner, String file, Map<String, Integer> defines)
            throws StageException {
        var text = new StringBuilder();
        new TreeMap<>(defines).forEach((name, value) -> text.append("#define ")
                .append(name)
                .append(' ')
                .append(value)
                .append('\n'));
        return device.compile(file, text + "#line 1 \"" + file + "\"\n" + text(owner, file));
    }

    public static String text(Class<?> owner, String file) {
        try (var stream = owner.getResourceAsStream(file)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
