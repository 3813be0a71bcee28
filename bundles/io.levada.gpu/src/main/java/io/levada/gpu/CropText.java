/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.VideoFormat;
import io.levada.api.stage.StageException;
import io.levada.gpu.picture.Crop;
import io.levada.tensor.picture.SpecText;

/**
 * The part of a picture that a user wants.
 *
 * @param numbers left and top edge, width and height; none for all of it
 * @param parts of the picture rather than pixels
 */
record CropText(float[] numbers, boolean parts) {

    /** @throws StageException saying what can't be */
    static CropText of(String text) throws StageException {
        if (text.isBlank()) {
            return new CropText(new float[0], true);
        }
        var words = text.strip().split("\\s*[,;\\s]\\s*");
        var numbers = new float[words.length];
        boolean parts = true;
        boolean outside = words.length != 4;
        for (int i = 0; i < words.length; i++) {
            numbers[i] = SpecText.number("crop", words[i]);
            parts &= numbers[i] <= 1;
            outside |= i < 2 ? numbers[i] < 0 : numbers[i] <= 0;
        }
        if (outside || parts && (numbers[0] + numbers[2] > 1.0001f || numbers[1] + numbers[3] > 1.0001f)) {
            throw StageException.invalid("'" + text + "' is no part of a picture")
                    .parameter("crop")
                    .remedy("write left and top edge, width and height, such as 0.25 0.25 0.5 0.5, or 640 0 640 480");
        }
        return new CropText(numbers, parts);
    }

    /** @throws StageException when pictures are too small for it */
    Crop of(VideoFormat picture) throws StageException {
        if (numbers.length == 0) {
            return Crop.whole(picture);
        }
        int width = parts ? picture.width() : 1;
        int height = parts ? picture.height() : 1;
        int x = even(numbers[0] * width);
        int y = even(numbers[1] * height);
        int right = even((numbers[0] + numbers[2]) * width);
        int bottom = even((numbers[1] + numbers[3]) * height);
        if (right > picture.width() + 1 || bottom > picture.height() + 1 || right - x < 4 || bottom - y < 2) {
            throw StageException.invalid("of " + picture + " that part is too small, or not in it")
                    .parameter("crop")
                    .remedy("write parts of the picture, such as 0.25 0.25 0.5 0.5, which fit any size");
        }
        return new Crop(x, y, Math.min(right, picture.width()) - x, Math.min(bottom, picture.height()) - y);
    }

    /** Chroma values are shared by two. */
    private static int even(float place) {
        return Math.round(place / 2) * 2;
    }
}
