/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.encoder.nvenc;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaDevice;
import io.levada.cuda.CudaStream;
import io.levada.encoder.ffmpeg.codec.Encoder;
import io.levada.encoder.ffmpeg.codec.EncoderStage;
import io.levada.encoder.ffmpeg.codec.Settings;
import io.levada.ffmpeg.FFmpegLog;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Encodes pictures where they are, on an NVIDIA GPU. Whether a card has an encoder (H100 and H200 have none) shows only when
 * it is opened, so that is tried first, on a small picture.
 */
@Component(
        service = Transform.class,
        scope = ServiceScope.PROTOTYPE,
        configurationPolicy = ConfigurationPolicy.IGNORE,
        property = "service.ranking:Integer=100")
@StageType(
        value = "encoder.nvenc",
        role = "encoder",
        accepts = "frame:video@cuda",
        emits = "packet:video",
        extras = "ffmpeg.",
        work = Work.BLOCKING)
@Designate(ocd = NvencEncoder.Config.class)
public final class NvencEncoder extends EncoderStage {

    /** The parameters. */
    @ObjectClassDefinition(
            name = "NVENC encoder",
            description =
                    "Encodes H.264, H.265 and AV1 on an NVIDIA GPU that has NVENC; further options of the codec as"
                            + " ffmpeg.KEY")
    public @interface Config {

        @AttributeDefinition(description = "h264, hevc or av1; empty for h264")
        String codec() default "";

        @AttributeDefinition(description = "Bits a second, such as 2M; empty to encode by quality")
        String bitrate() default "";

        @AttributeDefinition(
                description = "Rate control: vbr keeps the bit rate on average, cbr all the time, crf keeps the quality"
                        + " with the bit rate as its cap; auto is vbr with a bit rate and crf without",
                options = {
                    @Option(label = "auto", value = "auto"),
                    @Option(label = "vbr", value = "vbr"),
                    @Option(label = "cbr", value = "cbr"),
                    @Option(label = "crf", value = "crf")
                })
        String rc() default "auto";

        @AttributeDefinition(
                description = "From keyframe to keyframe at most: a time such as 2 s, or a number of frames")
        String gop() default "2 s";

        @AttributeDefinition(
                description =
                        "Speed against size: ultrafast to veryslow as with other encoders, or p1 to p7; empty for p4")
        String preset() default "";

        @AttributeDefinition(
                description = "low: a frame comes out as soon as it is in, for live streams; normal: the codec may look"
                        + " ahead and reorder, for files",
                options = {@Option(label = "low", value = "low"), @Option(label = "normal", value = "normal")})
        String latency() default "low";

        @AttributeDefinition(
                description = "The codec's profile, such as baseline, main, high; empty for the codec's choice")
        String profile() default "";

        @AttributeDefinition(
                description = "B-frames in a row; -1 for none at low latency, else the codec's choice",
                min = "-1",
                max = "16")
        int bframes() default -1;
    }

    private static final Map<String, String> ENCODERS = Map.of(
            "", "h264_nvenc",
            "h264", "h264_nvenc",
            "avc", "h264_nvenc",
            "hevc", "hevc_nvenc",
            "h265", "hevc_nvenc",
            "av1", "av1_nvenc");

    /** What was opened once, by encoder and device; that takes a while. */
    private static final Set<String> PROVEN = ConcurrentHashMap.newKeySet();

    private static final VideoFormat SMALL =
            VideoFormat.of(640, 360, PixelFormat.NV12).memory(Memory.Kind.CUDA).build();

    private AVCodec codec;
    private CudaStream stream;

    @Override
    protected Settings settings(StageContext context) throws StageException {
        var config = context.config(Config.class);
        return Settings.of(
                config.codec(),
                config.bitrate(),
                config.rc(),
                config.gop(),
                config.preset(),
                config.latency(),
                config.profile(),
                config.bframes(),
                1,
                context.extras("ffmpeg."));
    }

    @Override
    public void open(StageContext context) throws StageException {
        super.open(context);
        codec = codec(settings().codec());
        on(Cuda.probe().device(-1)); // with several, of the same kind as a rule
    }

    static AVCodec codec(String word) throws StageException {
        var lower = word.toLowerCase(Locale.ROOT);
        var name = lower.endsWith("_nvenc") ? lower : ENCODERS.getOrDefault(lower, "");
        var codec = name.isEmpty() ? null : avcodec_find_encoder_by_name(name);
        if (codec == null) {
            throw StageException.invalid("NVENC makes h264, hevc and av1, not " + word)
                    .parameter("codec")
                    .remedy("type = encoder takes software for it");
        }
        return codec;
    }

    /** Goes to work on a device, if it has an encoder for this. */
    private void on(CudaDevice device) throws StageException {
        if (stream != null && stream.device() == device) {
            return;
        }
        leave();
        stream = device.open(context().id(), () -> {});
        context().gauge("device", device::index);
        context().gauge("pending", stream::pending);
        var name = codec.name().getString();
        if (!PROVEN.contains(name + device.index())) {
            try {
                Encoder.open(codec, SMALL, Settings.usual(name), log(), new NvencFrames(stream))
                        .close();
                PROVEN.add(name + device.index());
            } catch (StageException e) {
                throw StageException.failed(
                                "no NVENC for " + name.replace("_nvenc", "") + " on " + device + ": " + e.getMessage())
                        .remedy("type = encoder takes software where the GPU can't");
            }
        }
    }

    @Override
    protected Encoder encoder(Format format, Settings settings, FFmpegLog log) throws StageException {
        if (!(format instanceof VideoFormat video) || video.memory() != Memory.Kind.CUDA) {
            throw StageException.invalid("encoder.nvenc encodes pictures on a GPU, not " + format)
                    .parameter("from")
                    .remedy("put a gpu.upload in between, or use encoder.ffmpeg");
        }
        on(Cuda.probe().device(video.device()));
        stream.device().bind();
        return Encoder.open(codec, video, settings, log, new NvencFrames(stream));
    }

    private void leave() {
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }

    /** Freeing what NVENC has waits for the device, which may be for ever: then it is left to a thread of its own. */
    @Override
    public void close() {
        if (stream != null && stream.device().hangs()) {
            var closing = new Thread(this::free, "levada-cuda-close " + stream.stage());
            closing.setDaemon(true);
            closing.start();
        } else {
            free();
        }
    }

    private void free() {
        super.close();
        leave();
    }
}
