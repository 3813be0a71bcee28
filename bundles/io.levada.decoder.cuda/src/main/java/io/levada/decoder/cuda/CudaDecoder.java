/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.decoder.cuda;

import io.levada.api.media.MediaKind;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.cuda.Cuda;
import io.levada.cuda.CudaStream;
import io.levada.ffmpeg.Decoder;
import io.levada.ffmpeg.DecoderStage;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.FrameEmitter;
import java.util.Map;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Decodes video on an NVIDIA GPU. Frames stay in its memory: FFmpeg copies each there, on the decoder's own stream, out of
 * the few surfaces that the hardware has, and an event says when that is done.
 */
@Component(
        service = Transform.class,
        scope = ServiceScope.PROTOTYPE,
        configurationPolicy = ConfigurationPolicy.IGNORE,
        property = "service.ranking:Integer=100")
@StageType(
        value = "decoder.cuda",
        role = "decoder",
        accepts = "packet:video",
        emits = "frame@cuda",
        extras = "ffmpeg.",
        work = Work.BLOCKING)
@Designate(ocd = CudaDecoder.Config.class)
public final class CudaDecoder extends DecoderStage {

    /** The parameters. */
    @ObjectClassDefinition(
            name = "CUDA decoder",
            description =
                    "Decodes H.264, H.265, AV1, VP9 and MJPEG on an NVIDIA GPU (NVDEC); frames stay in its memory."
                            + " Further options of the codec as ffmpeg.KEY")
    public @interface Config {

        @AttributeDefinition(
                description = "Index of the GPU; -1 for the one with the least to do",
                min = "-1",
                max = "63")
        int device() default -1;
    }

    /** CUDA's words and the system's, as FFmpeg passes them on. */
    private static final Pattern NO_MEMORY = Pattern.compile("OUT_OF_MEMORY|Cannot allocate memory");

    private StageContext context;
    private CudaStream stream;
    private NvdecContext device;
    private FrameEvents events;
    private boolean decoded;

    @Override
    public void open(StageContext context) throws StageException {
        super.open(context);
        this.context = context;
        var chosen = Cuda.probe().device(context.config(Config.class).device());
        stream = chosen.open(context.id(), () -> {});
        device = NvdecContext.of(stream);
        events = new FrameEvents(stream);
        context.gauge("device", chosen::index);
        context.explain("on " + chosen);
    }

    @Override
    protected Decoder decoder(PacketFormat format, FFmpegLog log) throws StageException {
        if (format.kind() != MediaKind.VIDEO) {
            throw StageException.invalid(
                    "NVDEC decodes video, not " + format.kind().word());
        }
        if ((format.width() & 1) != 0
                || (format.height() & 1) != 0) { // its copies and NVDEC's own size are of even sizes
            throw StageException.failed("FFmpeg does not bring pictures of an odd size (" + format.width() + "x"
                            + format.height() + ") whole through the GPU")
                    .remedy("type = decoder takes software");
        }
        decoded = false;
        Map<String, String> extras = context.extras("ffmpeg.");
        return Decoder.open(NvdecContext.codec(format), format, 1, extras, log, device::use);
    }

    @Override
    protected FrameEmitter emitter(PacketFormat format) {
        return new FrameEmitter(
                format.kind(),
                format.timeBase(),
                format.frameRate(),
                stream.device().index());
    }

    @Override
    protected void received(FrameEmitter emitter) throws StageException {
        stream.requireWhole();
        stream.device().bind();
        decoded = true;
        emitter.onDevice(events.next());
    }

    /**
     * When there is no memory, there may be some later; until then a role is filled by software. Before anything was decoded it is not the stream that is damaged: the card can't do it. */
    @Override
    protected void failing(PacketFormat format, String message) throws StageException {
        stream.requireWhole();
        if (NO_MEMORY.matcher(message).find()) {
            throw StageException.retry(stream.device() + " is out of memory for pictures of NVDEC: " + message)
                    .remedy("run fewer pipelines on it, or use another device");
        }
        if (!decoded) {
            throw StageException.failed(stream.device() + " does not decode this " + format.codec() + " ("
                            + format.width() + "x" + format.height() + "): " + message)
                    .remedy("type = decoder takes software where the GPU can't");
        }
    }

    /** Freeing what NVDEC has waits for the whole device, which may be for ever: then it is left to a thread of its own. */
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
        if (events != null) {
            events.close();
        }
        if (device != null) {
            device.close();
        }
        if (stream != null) {
            stream.close();
        }
    }
}
