/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.media;

/**
 * What a link carries beside samples. Markers keep their place among the samples and are never dropped, whatever the
 * link's policy.
 */
public sealed interface Marker extends StreamItem permits Format, Gap, Flush, End {}
