/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.stage.Clock;
import io.levada.api.stage.Input;
import io.levada.api.stage.StageContext;
import java.io.Serial;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** A context of which the n-th use fails, whatever it is. */
final class FailingContext implements StageContext {

    /** What it fails with; a stage does not know it and lets it through. */
    static final class Failure extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        Failure(int use) {
            super("the test lets use " + use + " of the context fail");
        }
    }

    private final StageContext context;
    private final int failing;
    private int uses;

    FailingContext(StageContext context, int failing) {
        this.context = context;
        this.failing = failing;
    }

    /** Whether it came to that. */
    boolean failed() {
        return uses >= failing;
    }

    private StageContext use() {
        if (++uses == failing) {
            throw new Failure(failing);
        }
        return context;
    }

    @Override
    public String pipeline() {
        return use().pipeline();
    }

    @Override
    public String stage() {
        return use().stage();
    }

    @Override
    public <C> C config(Class<C> type) {
        return use().config(type);
    }

    @Override
    public Map<String, String> extras(String prefix) {
        return use().extras(prefix);
    }

    @Override
    public Path resolve(String path) {
        return use().resolve(path);
    }

    @Override
    public Clock clock() {
        return use().clock();
    }

    @Override
    public Map<String, Long> tallies() {
        return use().tallies();
    }

    @Override
    public List<Input> inputs() {
        return use().inputs();
    }

    /** Asked again and again, so it does not count. */
    @Override
    public boolean stopping() {
        return context.stopping();
    }

    @Override
    public void wake() {
        context.wake();
    }

    @Override
    public void gauge(String name, LongSupplier value) {
        use().gauge(name, value);
    }

    @Override
    public void warn(String message) {
        context.warn(message);
    }
}
