/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * What is drawn on pictures, and where: boxes of events, labels, the time, all of it in the end rectangles on a {@link
 * io.levada.filter.overlay.drawing.Canvas}. It knows no memory; {@code gpu.overlay} carries a copy of it.
 */
package io.levada.filter.overlay.drawing;
