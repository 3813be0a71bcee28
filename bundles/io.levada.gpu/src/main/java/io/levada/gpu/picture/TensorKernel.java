/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.gpu.picture;

import static java.util.Map.entry;

import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.TensorFormat.DType;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.StageException;
import io.levada.cuda.CudaDevice;
import io.levada.cuda.CudaKernel;
import io.levada.cuda.CudaStream;
import io.levada.cuda.KernelArguments;
import io.levada.tensor.picture.Area;
import io.levada.tensor.picture.HalfFloat;
import io.levada.tensor.picture.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** The fused kernel for pictures of one format: what depends on the format alone is on the device already. */
public final class TensorKernel implements AutoCloseable {

    /** Pictures in one launch, as many as fit into a kernel's arguments; as in tensor.cu. */
    private static final int PICTURES = 64;

    /** Offsets in the kernel's arguments. */
    private static final int COMPONENT = 24;

    private static final int STRIDE_IN_COMPONENT = 16;
    private static final int MATRIX_AT = 96;
    private static final int BLANK_AT = 192;
    private static final int OUT_AT = 240;
    private static final int FIRST_AT = 256;

    /** Elements that a block of threads makes; the fastest of those tried. */
    private static final int COLUMNS = 128;

    private static final int ROWS = 4;

    /** That shall fit on a multiprocessor, which limits their registers; ignored by the compiler where not so many can. */
    private static final int THREADS = 2048;

    /** The most bytes that a thread writes at a time. */
    private static final int WIDEST = 16;

    private final CudaStream stream;
    private final TensorSpec spec;
    private final PictureLayout layout;
    private final Area area;
    private final AxisTable axes = new AxisTable();
    private final KernelArguments arguments = new KernelArguments(FIRST_AT + PICTURES * 3 * Long.BYTES);
    private final CudaKernel kernel;

    /** For whole pictures. */
    public TensorKernel(CudaStream stream, VideoFormat format, TensorSpec spec) throws StageException {
        this(stream, format, Crop.whole(format), spec, TensorSpec.PADDING);
    }

    /**
     * @param crop the part of the pictures that is taken
     * @param padding brightness beside it, 0 to 255
     */
    public TensorKernel(CudaStream stream, VideoFormat format, Crop crop, TensorSpec spec, int padding)
            throws StageException {
        this.stream = stream;
        this.spec = spec;
        this.layout = PictureLayout.of(format, crop)
                .orElseThrow(() -> StageException.invalid("can't make tensors of " + format.pixelFormat() + " pictures")
                        .parameter("from"));
        requirePairs();
        this.area = spec.fit().place(crop.width(), crop.height(), spec.width(), spec.height());
        boolean between = between(layout.components()[0]);
        boolean colourBetween = between(layout.components()[layout.components().length - 1]);
        kernel = compile(stream.device(), layout, spec, between, colourBetween);
        try {
            prepare(between, colourBetween);
            channels(ColourMatrix.toRgb(format, layout), padding);
        } catch (StageException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The kernel reads the value behind every one that it needs. */
    private void requirePairs() throws StageException {
        for (var component : layout.components()) {
            if (component.width() < 2) {
                throw StageException.invalid("can't make tensors of pictures of so few columns")
                        .parameter("from");
            }
        }
    }

    private boolean between(PictureLayout.Component component) {
        return AxisTable.between(component.width(), area.width(), area.x(), spec.width())
                || AxisTable.between(component.height(), area.height(), area.y(), spec.height());
    }

    /**
     * Compiles what pictures of decoders on the device will need. The compiler's first work in a process takes seconds, which
     * is better spent when a stage is opened than when the first picture is there.
     */
    public static void prepare(CudaDevice device, TensorSpec spec) throws StageException {
        for (var pixels : List.of(PixelFormat.NV12, PixelFormat.P010)) {
            var layout = PictureLayout.of(VideoFormat.of(64, 64, pixels).build());
            compile(device, layout.orElseThrow(), spec, true, true);
        }
    }

    private static CudaKernel compile(
            CudaDevice device, PictureLayout layout, TensorSpec spec, boolean between, boolean colourBetween)
            throws StageException {
        var components = layout.components();
        var defines = Map.ofEntries(
                entry("COMPONENTS", components.length),
                entry("WIDE", layout.wide() ? 1 : 0),
                entry("PAIRED", layout.paired() ? 1 : 0),
                entry("STEP", components[0].step()),
                entry("COLOUR_STEP", components[components.length - 1].step()),
                entry("BETWEEN", between ? 1 : 0),
                entry("COLOUR_BETWEEN", colourBetween ? 1 : 0),
                entry("DTYPE", spec.dtype() == DType.U8 ? 0 : spec.dtype() == DType.F16 ? 1 : 2),
                entry("NHWC", spec.channelsFirst() ? 0 : 1),
                entry("SCALED", scaled(spec) ? 1 : 0),
                entry("STORE", store(spec)),
                entry("COLUMNS", COLUMNS),
                entry("ROWS", ROWS),
                entry("THREADS", THREADS));
        return Kernels.compile(device, TensorKernel.class, "tensor.cu", defines).kernel("tensor");
    }

    /** Bytes, of which a row of the tensor is a multiple. */
    private static int store(TensorSpec spec) {
        int row = spec.width() * (spec.channelsFirst() ? 1 : 3) * spec.dtype().bits() / 8;
        return Math.min(WIDEST, Integer.lowestOneBit(row));
    }

    private static boolean scaled(TensorSpec spec) {
        boolean scaled = false;
        for (int colour = 0; colour < 3; colour++) {
            scaled |= 255 * spec.gain(colour) != 1 || spec.bias(colour) != 0;
        }
        return scaled && spec.dtype() != DType.U8;
    }

    /** Fills in what is the same for all pictures. */
    private void prepare(boolean between, boolean colourBetween) throws StageException {
        var components = layout.components();
        int[] across = new int[components.length];
        int[] down = new int[components.length];
        for (int i = 0; i < components.length; i++) {
            boolean like = i == 2; // the second colour difference lies as the first, as do packed colours
            boolean pairs = i == 0 ? between : colourBetween;
            int width = components[i].width();
            int height = components[i].height();
            across[i] = like ? across[1] : axes.add(width, area.width(), area.x(), spec.width(), pairs);
            down[i] = like ? down[1] : axes.add(height, area.height(), area.y(), spec.height(), false);
        }
        axes.upload(stream);
        var struct = arguments.struct();
        for (int i = 0; i < 3; i++) {
            int used = Math.min(i, components.length - 1);
            struct.putLong(axes.address(across[used])).putLong(axes.address(down[used]));
            struct.putLong(0);
        }
        struct.putInt(spec.width()).putInt(spec.height());
        struct.putInt(Math.max(0, area.x())).putInt(Math.max(0, area.y()));
        struct.putInt(Math.min(spec.width(), area.x() + area.width()));
        struct.putInt(Math.min(spec.height(), area.y() + area.height()));
    }

    /** Bytes hold colours from 0 to 255 as they are; others are limited to 0 to 1 before they get their scale. */
    private void channels(ColourMatrix colours, int padding) {
        boolean bytes = spec.dtype() == DType.U8;
        double unit = bytes ? 1 : 1.0 / 255;
        double rounding = bytes ? 0.5 : 0;
        var struct = arguments.struct().position(MATRIX_AT);
        for (int channel = 0; channel < 3; channel++) {
            double[] row = colours.rows()[spec.colour(channel)];
            for (int i = 0; i < 4; i++) {
                struct.putFloat((float) (row[i] * unit + (i == 3 ? rounding : 0)));
            }
        }
        for (int channel = 0; channel < 3; channel++) {
            struct.putFloat(255 * spec.gain(spec.colour(channel)));
        }
        for (int channel = 0; channel < 3; channel++) {
            struct.putFloat(spec.bias(spec.colour(channel)));
        }
        float[] blank = new float[3];
        for (int channel = 0; channel < 3; channel++) {
            int colour = spec.colour(channel);
            blank[channel] = padding * spec.gain(colour) + spec.bias(colour);
            struct.putFloat((float) (blank[channel] + rounding));
        }
        struct.putFloat(0x1p23f);
        blank(blank, struct.position(BLANK_AT));
    }

    /** Three times what is written at a time: of each channel, or what follows each other where channels are last. */
    private void blank(float[] channels, ByteBuffer struct) {
        int size = spec.dtype().bits() / 8;
        int store = store(spec);
        for (int turn = 0; turn < 3; turn++) {
            for (int at = 0; at < WIDEST; at += size) {
                float value = channels[spec.channelsFirst() ? turn : (turn * store + at) / size % 3];
                switch (spec.dtype()) {
                    case U8 -> struct.put((byte) Math.round(value));
                    case F16 -> struct.putShort(HalfFloat.of(value));
                    default -> struct.putFloat(value);
                }
            }
        }
    }

    /** Starts the kernel for pictures that lie alike. */
    public void run(VideoFrame[] frames, int count, long out) {
        var struct = arguments.struct();
        var components = layout.components();
        for (int i = 0; i < components.length; i++) {
            struct.putInt(i * COMPONENT + STRIDE_IN_COMPONENT, frames[0].stride(components[i].plane()));
        }
        struct.putLong(OUT_AT + Long.BYTES, spec.bytes());
        for (int first = 0; first < count; first += PICTURES) {
            int pictures = Math.min(PICTURES, count - first);
            struct.putLong(OUT_AT, out + (long) first * spec.bytes());
            for (int i = 0; i < pictures; i++) {
                for (int component = 0; component < components.length; component++) {
                    struct.putLong(
                            FIRST_AT + (i * 3 + component) * Long.BYTES,
                            components[component].address(frames[first + i]));
                }
            }
            stream.launch(
                    kernel,
                    (spec.width() + COLUMNS - 1) / COLUMNS,
                    (spec.height() + ROWS - 1) / ROWS,
                    pictures,
                    COLUMNS,
                    1,
                    arguments);
        }
    }

    /** What the kernel reads beside the pictures, to be kept until it is done. */
    public Memory tables() {
        return axes.memory();
    }

    /** What is running is not disturbed. */
    @Override
    public void close() {
        axes.close();
        arguments.close();
    }
}
