/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * What is held from before this point is worthless (a seek, a reconnect): discard it, expect the given epoch next.
 *
 * @param epoch the epoch of the samples that follow
 */
public record Flush(int epoch) implements Marker {}
