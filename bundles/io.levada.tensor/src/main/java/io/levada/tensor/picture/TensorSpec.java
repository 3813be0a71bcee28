/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import io.levada.api.media.Placement;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.VideoFormat;
import java.util.List;

/**
 * What a tensor that is made of pictures shall look like.
 *
 * @param width in elements
 * @param height in elements
 * @param fit how the picture is brought to that size
 * @param channelsFirst {@code n c h w} rather than {@code n h w c}
 * @param dtype U8, F16 or F32
 * @param bgr blue first rather than red
 * @param scale the colours' values, 0 to 255, are multiplied by it; not for U8
 * @param mean of red, green and blue, subtracted after that; not for U8
 * @param std of red, green and blue, divides after that; not for U8
 */
public record TensorSpec(
        int width,
        int height,
        Fit fit,
        boolean channelsFirst,
        DType dtype,
        boolean bgr,
        float scale,
        List<Float> mean,
        List<Float> std) {

    /** What a padded element is made of, on the scale of 0 to 255. */
    public static final int PADDING = 114;

    public TensorSpec {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (dtype != DType.U8 && dtype != DType.F16 && dtype != DType.F32) {
            throw new IllegalArgumentException("pictures become u8, f16 or f32, not " + dtype);
        }
    }

    /** What most detectors want: RGB from 0 to 1, channels first, letterbox. */
    public static TensorSpec of(int width, int height) {
        var zero = List.of(0f, 0f, 0f);
        var one = List.of(1f, 1f, 1f);
        return new TensorSpec(width, height, Fit.LETTERBOX, true, DType.F32, false, 1f / 255, zero, one);
    }

    /** Bytes of the tensor of one picture. */
    public int bytes() {
        return Math.multiplyExact(Math.multiplyExact(width, height), 3 * dtype.bits() / 8);
    }

    /** Which of red, green and blue a channel holds. */
    public int colour(int channel) {
        return bgr ? 2 - channel : channel;
    }

    /** What a colour's value, 0 to 255, is multiplied by in all. */
    public float gain(int colour) {
        return dtype == DType.U8 ? 1 : scale / std.get(colour);
    }

    /** What is added to it after that. */
    public float bias(int colour) {
        return dtype == DType.U8 ? 0 : -mean.get(colour) / std.get(colour);
    }

    /** Where a whole picture lies in its tensor. */
    public Placement place(VideoFormat picture) {
        return fit.place(picture.width(), picture.height(), width, height).in(width, height);
    }

    /** The format of a batch of tensors of such pictures, in the memory where those are. */
    public TensorFormat format(long batch, VideoFormat picture) {
        return new TensorFormat(
                dtype,
                channelsFirst ? List.of("n", "c", "h", "w") : List.of("n", "h", "w", "c"),
                channelsFirst
                        ? List.of(batch, 3L, (long) height, (long) width)
                        : List.of(batch, (long) height, (long) width, 3L),
                picture.memory(),
                picture.device(),
                picture.timeBase(),
                place(picture));
    }
}
