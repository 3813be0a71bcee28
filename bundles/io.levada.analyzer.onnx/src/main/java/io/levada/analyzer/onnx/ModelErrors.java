/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.nio.file.Files;
import java.nio.file.Path;

/** ONNX Runtime's errors in words that tell the user what to do. */
final class ModelErrors {

    private ModelErrors() {}

    /** @throws StageException when there is no such file */
    static void checkFile(Path file) throws StageException {
        if (!Files.isRegularFile(file)) {
            throw StageException.invalid("there is no model at " + file)
                    .parameter("model")
                    .remedy("put the .onnx file there, or correct the path; a relative one begins at the node's home");
        }
    }

    static StageException opening(Path file, int cuda, RuntimeException e) {
        var text = text(e);
        var lower = text.toLowerCase(java.util.Locale.ROOT);
        if (lower.contains("protobuf") || lower.contains("parsing")) {
            return fault(file + " is no ONNX model, or a part of one is missing", e)
                    .remedy("export it anew, for instance: yolo export model=best.pt format=onnx dynamic=True");
        }
        if (lower.contains("opset") || lower.contains("ir version") || lower.contains("ir_version")) {
            return fault(file + " was made for another version of ONNX: " + text, e)
                    .remedy("export it with an opset that this node knows, such as opset=17");
        }
        if (lower.contains("not a registered function/op")
                || lower.contains("no op registered")
                || lower.contains("not implemented")
                || lower.contains("could not find an implementation")) {
            return fault(file + " uses operators that this node does not have: " + text, e)
                    .remedy("export it with plain ONNX operators and, for instance, opset=17");
        }
        if (cuda >= 0) {
            return fault("no session for " + file + " on cuda:" + cuda + ": " + text, e)
                    .parameter("device")
                    .remedy("device = cpu runs it without the GPU");
        }
        return fault("ONNX Runtime can't open " + file + ": " + text, e)
                .remedy("see whether other programs open it, such as netron.app, and export it anew");
    }

    private static StageException fault(String message, Throwable cause) {
        return StageException.invalid(message).parameter("model").because(cause);
    }

    /** The message without files, lines and functions of the runtime's sources, and without what is said beside it. */
    static String text(RuntimeException e) {
        var message = e.getMessage() == null ? e.toString() : e.getMessage();
        var plain = message.replaceAll("\\S*/onnxruntime/\\S+\\s*", "")
                .replaceAll("(?:\\w+ )?onnxruntime::[\\w:~]+\\([^()]*\\)(?: const)?\\s*", "")
                .replaceAll("Load model from \\S+\\.onnx(?: failed:)?\\s*", "")
                .replaceAll("\\s+", " ")
                .strip();
        return plain.length() <= 400 ? plain : plain.substring(0, 400) + "...";
    }
}
