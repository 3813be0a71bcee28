/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a stage put out so far, of one kind, in order. Samples in it stay valid until the harness is closed or cleared.
 *
 * @param <T> the kind
 */
public final class Collected<T> implements Iterable<T> {

    private final String what;
    private final List<T> items;

    Collected(String what, List<T> items) {
        this.what = what;
        this.items = List.copyOf(items);
    }

    /**
     * The only one there is.
     *
     * @throws AssertionError when there is none or more
     */
    public T single() {
        if (items.size() != 1) {
            throw new AssertionError("expected a single " + what + " but there are " + items.size() + ": " + items);
        }
        return items.get(0);
    }

    /**
     * One by its place, from 0.
     *
     * @throws AssertionError when there are not so many
     */
    public T get(int index) {
        if (index >= items.size()) {
            throw new AssertionError("no " + what + " number " + index + ", there are " + items.size() + ": " + items);
        }
        return items.get(index);
    }

    public T first() {
        return get(0);
    }

    /** @throws AssertionError when there is none */
    public T last() {
        return get(Math.max(0, items.size() - 1));
    }

    /** Those that pass. */
    public Collected<T> where(Predicate<? super T> condition) {
        return new Collected<>(what, items.stream().filter(condition).toList());
    }

    public int size() {
        return items.size();
    }

    public boolean isEmpty() {
        return items.isEmpty();
    }

    public List<T> list() {
        return items;
    }

    @Override
    public Iterator<T> iterator() {
        return items.iterator();
    }

    @Override
    public String toString() {
        return items.toString();
    }
}
