/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import org.bytedeco.javacpp.BytePointer;

/** A model as its file was at one moment: opened, tried once, and at work until it is closed and its last batch has run. */
final class LoadedModel {

    private final OrtSession session;
    private final ModelSpec spec;
    private final BatchRunner runner;
    private final Version version;

    /**
     * Tells two states of a file apart.
     *
     * @param modified when it was written last
     * @param size in bytes
     */
    record Version(FileTime modified, long size) {

        static Version of(ModelKey key) throws StageException {
            try {
                return new Version(Files.getLastModifiedTime(key.file()), Files.size(key.file()));
            } catch (IOException e) {
                ModelErrors.checkFile(key.file());
                throw StageException.invalid("the model " + key.file() + " can't be read: " + e.getMessage())
                        .parameter("model")
                        .because(e);
            }
        }
    }

    private LoadedModel(
            OrtSession session, ModelSpec spec, ModelKey key, Device device, Version version, Figures figures) {
        this.session = session;
        this.spec = spec;
        this.version = version;
        this.runner = new BatchRunner(
                key.file().getFileName().toString(),
                session,
                spec.rows(key.maxBatch() > 0 ? key.maxBatch() : device.batch()),
                spec.fixedRows(),
                spec.rowBytes(),
                spec.rowShape(),
                figures,
                session::close);
    }

    /** Opens the file and runs it once, so that the first picture does not wait for what is only done once. */
    static LoadedModel open(ModelKey key, Device device, Figures figures) throws StageException {
        ModelErrors.checkFile(key.file());
        OrtLibrary.env(); // says what is missing, before a class is needed that may not be there
        var version = Version.of(key);
        var session = OrtSession.open(key, device.cuda());
        try {
            var spec = ModelSpec.of(session, key);
            warmUp(session, spec);
            return new LoadedModel(session, spec, key, device, version, figures);
        } catch (StageException e) {
            session.close();
            throw e;
        } catch (IllegalStateException e) {
            session.close();
            throw StageException.invalid(key.file() + " can't be run: " + e.getMessage())
                    .parameter("model")
                    .because(e);
        }
    }

    private static void warmUp(OrtSession session, ModelSpec spec) {
        int rows = Math.max(1, spec.fixedRows());
        long bytes = (long) rows * spec.rowBytes();
        var shape = spec.rowShape();
        shape[0] = rows;
        try (var grey = new BytePointer(bytes)) {
            grey.zero();
            session.run(1, grey, bytes, shape).release();
        }
    }

    ModelSpec spec() {
        return spec;
    }

    BatchRunner runner() {
        return runner;
    }

    Version version() {
        return version;
    }

    void close() {
        runner.close();
    }
}
