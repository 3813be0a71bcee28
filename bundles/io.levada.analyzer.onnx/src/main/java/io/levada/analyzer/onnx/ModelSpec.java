/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.TensorFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.stage.StageException;
import io.levada.tensor.picture.Fit;
import io.levada.tensor.picture.TensorSpec;
import java.util.List;

/**
 * What a model takes and puts out, as far as its file says.
 *
 * @param input its input
 * @param outputs its outputs
 * @param channelsFirst the order of the input's dimensions
 * @param width of the input; -1 where it may be any
 * @param height of the input; -1 where it may be any
 * @param names of the classes; empty where the file does not say
 */
record ModelSpec(
        ModelPort input, List<ModelPort> outputs, boolean channelsFirst, long width, long height, List<String> names) {

    /** A model that takes any size is asked at this one, where the file names none. */
    private static final int USUAL_SIZE = 640;

    /** Of one batch: what one buffer can address. */
    private static final int MOST_BYTES = Integer.MAX_VALUE;

    static ModelSpec of(OrtSession session, ModelKey key) throws StageException {
        var input = session.input();
        boolean last = input.rank() == 4 && input.length(3) == 3 && input.length(1) != 3;
        boolean picture = input.rank() == 4 && (last || input.length(1) == 3 || input.length(1) < 0);
        boolean element = input.dtype() == DType.F32 || input.dtype() == DType.F16 || input.dtype() == DType.U8;
        if (!picture || !element) {
            throw StageException.invalid(
                            key.file() + " takes " + input.dtype() + " " + input
                                    + "; analyzer.onnx fills [batch, 3, height, width] or [batch, height, width, 3] of f32, f16 or u8")
                    .parameter("model")
                    .remedy("export it with one picture of three colours as its input");
        }
        var said = session.metadata()
                .getOrDefault("imgsz", "")
                .replaceAll("[^0-9,]", "")
                .split(",");
        long height = length(input.length(last ? 1 : 2), said, 0);
        long width = length(input.length(last ? 2 : 3), said, 1);
        var spec = new ModelSpec(
                input,
                session.outputs(),
                !last,
                width,
                height,
                Names.ofMetadata(session.metadata().getOrDefault("names", "")));
        spec.checkSize(key);
        return spec;
    }

    private void checkSize(ModelKey key) throws StageException {
        double bytes = 3.0 * width * height * input.dtype().bits() / 8 * Math.max(1, fixedRows());
        if (bytes > MOST_BYTES) {
            throw StageException.invalid(key.file() + " takes " + input + " at " + width + "x" + height
                            + ", which is more than 2 GiB in one run")
                    .parameter("model")
                    .remedy("export it for smaller pictures or batches");
        }
    }

    /** So many rows, or as many as one memory can hold. */
    int rows(int wanted) {
        return Math.min(wanted, MOST_BYTES / rowBytes());
    }

    private static long length(long fixed, String[] said, int index) {
        if (fixed > 0) {
            return fixed;
        }
        var text = said.length > index ? said[index] : said[0];
        return text.isEmpty() || text.length() > 5 ? USUAL_SIZE : Long.parseLong(text);
    }

    /** How many rows every run has; 0 where it may be any number. */
    int fixedRows() {
        return (int) Math.max(0, input.length(0));
    }

    int rowBytes() {
        return (int) (width * height * 3 * input.dtype().bits() / 8);
    }

    long[] rowShape() {
        return channelsFirst ? new long[] {1, 3, height, width} : new long[] {1, height, width, 3};
    }

    /** How pictures are brought into the input's form. */
    TensorSpec tensors(Settings settings) {
        return tensors(settings.fit(), settings.bgr(), settings.scale(), settings.mean(), settings.std());
    }

    TensorSpec tensors(Fit fit, boolean bgr, float scale, List<Float> mean, List<Float> std) {
        return new TensorSpec((int) width, (int) height, fit, channelsFirst, input.dtype(), bgr, scale, mean, std);
    }

    /** @throws StageException when the model can't take such tensors */
    void check(TensorFormat tensors) throws StageException {
        var wanted = rowShape();
        boolean fits = tensors.dtype() == input.dtype() && tensors.shape().size() == wanted.length;
        for (int i = 1; i < wanted.length && fits; i++) {
            fits = tensors.shape().get(i) == wanted[i];
        }
        if (!fits) {
            throw StageException.invalid("the model takes " + input.dtype() + " " + input + " at " + width + "x"
                            + height + ", but " + tensors + " comes")
                    .parameter("from")
                    .remedy("give the tensor stage width = " + width + ", height = " + height + ", layout = "
                            + (channelsFirst ? "nchw" : "nhwc") + ", dtype = "
                            + input.dtype().name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
