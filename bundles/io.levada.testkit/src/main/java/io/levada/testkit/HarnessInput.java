/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.Format;
import io.levada.api.stage.Input;
import io.levada.api.stage.Request;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** One input of a stage under test. */
final class HarnessInput implements Input {

    private final int index;
    private final String name;
    private final boolean live;
    private final int reference;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Format format;

    HarnessInput(int index, String name, boolean live, int reference) {
        this.index = index;
        this.reference = reference;
        this.name = name;
        this.live = live;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public int reference() {
        return reference;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<Format> format() {
        return Optional.ofNullable(format);
    }

    void format(Format format) {
        this.format = format;
    }

    @Override
    public boolean live() {
        return live;
    }

    @Override
    public void request(Request request) {
        requests.add(request);
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    @Override
    public String toString() {
        return name;
    }
}
