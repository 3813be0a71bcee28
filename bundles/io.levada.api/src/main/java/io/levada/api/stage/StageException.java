/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import java.io.Serial;
import java.util.Optional;

/**
 * Something a user can understand and often mend. The message says what is wrong, with the file or URL (credentials
 * masked); the platform adds pipeline and stage.
 */
public final class StageException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    /** What the platform does about it. */
    public enum Kind {
        /** The definition can't work: a parameter, a kind of input. Stays until it is changed. */
        INVALID,
        /** May pass by itself: a peer that does not answer, a port in use. Tried again with back-off. */
        RETRY,
        /** Broken for good: a damaged file. Not tried again until something changes. */
        FAILED
    }

    private final Kind kind;
    private final String parameter;
    private final String remedy;

    private StageException(Kind kind, String message, String parameter, String remedy, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.parameter = parameter;
        this.remedy = remedy;
    }

    /** The definition can't work as it stands. */
    public static StageException invalid(String message) {
        return new StageException(Kind.INVALID, message, "", "", null);
    }

    /** May pass by itself. */
    public static StageException retry(String message) {
        return new StageException(Kind.RETRY, message, "", "", null);
    }

    /** Broken for good. */
    public static StageException failed(String message) {
        return new StageException(Kind.FAILED, message, "", "", null);
    }

    /** The same, naming the parameter that is to blame. */
    public StageException parameter(String name) {
        return new StageException(kind, getMessage(), name, remedy, getCause());
    }

    /** The same, saying what the user can do. */
    public StageException remedy(String remedy) {
        return new StageException(kind, getMessage(), parameter, remedy, getCause());
    }

    /** The same, with what caused it. */
    public StageException because(Throwable cause) {
        return new StageException(kind, getMessage(), parameter, remedy, cause);
    }

    public Kind kind() {
        return kind;
    }

    /** The parameter to blame, if one is. */
    public Optional<String> parameter() {
        return parameter.isEmpty() ? Optional.empty() : Optional.of(parameter);
    }

    /** What the user can do, if it is known. */
    public Optional<String> remedy() {
        return remedy.isEmpty() ? Optional.empty() : Optional.of(remedy);
    }
}
