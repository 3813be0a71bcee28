/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu;

import io.levada.api.media.TensorFormat.DType;
import io.levada.api.stage.StageException;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.SpecText;
import java.util.List;
import java.util.Locale;

/**
 * What a tensor that is made of pictures shall look like: the parameters of {@code gpu.tensor}, which are those of
 * {@code cpu.tensor}, as numbers.
 *
 * @param scale of red, green and blue as they are put out: {@code value * scale + bias}
 * @param bias of red, green and blue
 */
record TensorSpec(
        int width,
        int height,
        Fit fit,
        boolean channelsFirst,
        DType dtype,
        boolean bgr,
        float[] scale,
        float[] bias,
        int batch) {

    static TensorSpec of(GpuTensor.Config config) throws StageException {
        var dtype = DType.valueOf(config.dtype().toUpperCase(Locale.ROOT));
        float scale = SpecText.number("scale", config.scale());
        var mean = SpecText.colours("mean", config.mean());
        var std = SpecText.divisors(config.std());
        float[] gain = {1, 1, 1};
        float[] bias = new float[3];
        for (int i = 0; i < 3; i++) {
            if (dtype != DType.U8) { // bytes hold colours as they are
                gain[i] = scale / std.get(i);
                bias[i] = -mean.get(i) / std.get(i);
            }
        }
        return new TensorSpec(
                config.width(),
                config.height(),
                Fit.of(config.fit()),
                config.layout().equals("nchw"),
                dtype,
                config.order().equals("bgr"),
                gain,
                bias,
                config.batch());
    }

    long bytes() {
        return 3L * width * height * (dtype.bits() / 8);
    }

    List<Long> shape(long rows) {
        return channelsFirst
                ? List.of(rows, 3L, (long) height, (long) width)
                : List.of(rows, (long) height, (long) width, 3L);
    }

    List<String> names() {
        return channelsFirst ? List.of("n", "c", "h", "w") : List.of("n", "h", "w", "c");
    }
}
