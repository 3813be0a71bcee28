/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/** Whatever travels on a link, in order: a {@link Sample} or a {@link Marker}. */
public sealed interface StreamItem permits Sample, Marker {}
