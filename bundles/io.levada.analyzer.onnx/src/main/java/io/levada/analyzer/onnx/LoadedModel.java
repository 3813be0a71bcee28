/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** A model as its file was at one moment: opened, tried once, and at work until it is closed and its last batch has run. */
final class LoadedModel {

    private final ModelSpec spec;
    private final BatchRunner runner;
    private final Staging staging;
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
            Sessions sessions,
            Staging staging,
            ModelSpec spec,
            ModelKey key,
            Device device,
            Version version,
            Figures figures) {
        this.spec = spec;
        this.staging = staging;
        this.version = version;
        this.runner = new BatchRunner(
                key.file().getFileName().toString(),
                sessions,
                device,
                staging,
                capacity(spec, key, device),
                spec.fixedRows(),
                spec.rowBytes(),
                spec.rowShape(),
                figures,
                () -> close(sessions, staging));
    }

    /** Opens the file and runs it once, so that the first picture does not wait for what is only done once. */
    static LoadedModel open(ModelKey key, Device device, Gpus gpus, Figures figures) throws StageException {
        ModelErrors.checkFile(key.file());
        OrtLibrary.env(); // says what is missing, before a class is needed that may not be there
        var version = Version.of(key);
        var staging = device.staging(gpus, key.file().getFileName().toString());
        try {
            return open(key, device, staging, version, figures);
        } catch (StageException | RuntimeException | Error e) { // JavaCPP's, for one, when there is no native memory
            staging.close();
            throw e;
        }
    }

    private static LoadedModel open(ModelKey key, Device device, Staging staging, Version version, Figures figures)
            throws StageException {
        var sessions = new Sessions(staging, key);
        try {
            var spec = ModelSpec.of(sessions.first(), key);
            if (device.cuda() >= 0 && spec.fixedRows() == 0) {
                sessions.open(key, capacity(spec, key, device));
            }
            staging.prepare(spec);
            warmUp(sessions, spec, key);
            return new LoadedModel(sessions, staging, spec, key, device, version, figures);
        } catch (StageException | RuntimeException | Error e) {
            sessions.close();
            throw e;
        }
    }

    private static void warmUp(Sessions sessions, ModelSpec spec, ModelKey key) throws StageException {
        try {
            sessions.warmUp(spec);
        } catch (IllegalStateException e) {
            throw StageException.invalid(key.file() + " can't be run: " + e.getMessage())
                    .parameter("model")
                    .remedy(
                            "export it so that it takes a picture of the size that its input says, and puts out numbers")
                    .because(e);
        }
    }

    private static int capacity(ModelSpec spec, ModelKey key, Device device) {
        return spec.rows(key.maxBatch() > 0 ? key.maxBatch() : device.batch());
    }

    /** Why it can't be run where it is any more; empty while it can. Any thread. */
    Optional<String> lost() {
        return staging.lost();
    }

    private static void close(Sessions sessions, Staging staging) {
        sessions.close();
        staging.close();
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
