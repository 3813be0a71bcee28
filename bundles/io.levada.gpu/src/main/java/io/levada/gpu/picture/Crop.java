/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import io.levada.api.media.VideoFormat;

/**
 * A part of a picture in pixels; on the edges of shared chroma values.
 *
 * @param x left edge
 * @param y top edge
 */
public record Crop(int x, int y, int width, int height) {

    public static Crop whole(VideoFormat format) {
        return new Crop(0, 0, format.width(), format.height());
    }
}
