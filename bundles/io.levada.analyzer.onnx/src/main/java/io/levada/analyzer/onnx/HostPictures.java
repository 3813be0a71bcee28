/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.tensor.picture.PictureTensor;
import io.levada.tensor.picture.TensorSpec;

/** Pictures in host memory, by the CPU. */
final class HostPictures implements PictureMaker {

    private final PictureTensor pictures;

    HostPictures(VideoFormat format, TensorSpec spec) throws StageException {
        pictures = PictureTensor.of("analyzer.onnx", format, spec);
    }

    @Override
    public void fill(Row row, VideoFrame frame) {
        pictures.write(frame, row.elements(), row.offset());
    }
}
