/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.onnxruntime.Env;
import org.bytedeco.onnxruntime.global.onnxruntime;

/** ONNX Runtime itself: loaded with the first model, for as long as the bundle is there. */
final class OrtLibrary {

    private static Env env;

    private OrtLibrary() {}

    /**
     * The environment that all sessions share.
     *
     * @throws StageException when the natives are not there or can't be loaded here
     */
    static synchronized Env env() throws StageException {
        if (env == null) {
            try {
                Loader.load(onnxruntime.class);
                env = new Env(onnxruntime.ORT_LOGGING_LEVEL_ERROR, "levada");
            } catch (NoClassDefFoundError e) {
                throw missing("ONNX Runtime is not installed", e);
            } catch (LinkageError e) {
                throw missing("ONNX Runtime can't be loaded: " + e.getMessage(), e);
            }
        }
        return env;
    }

    private static StageException missing(String what, LinkageError cause) {
        return StageException.invalid(what)
                .remedy("install the bundle io.levada.onnxruntime.native of this platform and restart the node")
                .because(cause);
    }

    /** Why there can't be a session on a GPU; empty if there may. */
    static Optional<String> noCuda() throws StageException {
        env();
        var providers = onnxruntime.GetAvailableProviders();
        for (long i = 0; i < providers.size(); i++) {
            if (providers.get(i).getString().equals("CUDAExecutionProvider")) {
                return Optional.empty();
            }
        }
        return Optional.of("the natives of ONNX Runtime for CUDA are not installed");
    }
}
