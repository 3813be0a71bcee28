/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.AudioFrame;
import io.levada.api.media.Format;
import io.levada.api.media.Sample;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Transform;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.FFmpegErrors;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.FilterGraph;
import io.levada.ffmpeg.FrameEmitter;
import io.levada.ffmpeg.Frames;
import io.levada.ffmpeg.Origins;
import java.util.Objects;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Passes pictures or sound through a chain of libavfilter. The chain is made anew when the format of what comes in changes.
 * What comes out carries the stamp of the frame that it was made of; where the chain changes the frame rate, that of the
 * last frame not later.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "filter.ffmpeg",
        accepts = {"frame:video", "frame:audio"},
        emits = "same",
        work = Work.HEAVY)
@Designate(ocd = FFmpegFilter.Config.class)
public final class FFmpegFilter implements Transform<Sample> {

    /** The parameters. */
    @ObjectClassDefinition(name = "FFmpeg filter", description = "Any chain of libavfilter for video or audio")
    public @interface Config {

        @AttributeDefinition(
                description =
                        "The chain, as after ffmpeg -vf or -af, such as scale=640:-2,fps=10 or loudnorm; one input,"
                                + " one output")
        String filters();

        @AttributeDefinition(
                description = "Threads of filters that can use several; 0 for as many as there are cores",
                min = "0",
                max = "64")
        int threads() default 1;
    }

    private Config config;
    private FFmpegLog log;
    private AVFrame frame;
    private Format format;
    private FilterGraph graph;
    private FrameEmitter emitter;
    private TimeBase timeBase;
    private final Origins origins = new Origins();

    @Override
    public void open(StageContext context) throws StageException {
        config = context.config(Config.class);
        if (config.filters() == null || config.filters().isBlank()) {
            throw StageException.invalid("no filters are named")
                    .parameter("filters")
                    .remedy("such as scale=640:-2");
        }
        log = FFmpegLog.of(context.id());
        frame = Objects.requireNonNull(av_frame_alloc(), "out of memory");
    }

    @Override
    public void format(Input input, Format format, Output out) throws StageException {
        if (graph != null && format.equals(this.format)) {
            return;
        }
        closeGraph();
        if (!(format instanceof VideoFormat) && !(format instanceof AudioFormat)) {
            throw StageException.invalid("can't filter " + format + ": it is no decoded video or audio");
        }
        this.format = format;
        openGraph();
    }

    private void openGraph() throws StageException {
        try {
            graph = FilterGraph.open(format, config.filters(), config.threads(), log);
        } catch (StageException e) {
            throw e.parameter("filters");
        }
        origins.clear();
        timeBase = graph.timeBase();
        emitter = new FrameEmitter(format.kind(), timeBase, graph.frameRate());
    }

    @Override
    public void process(Input input, Sample sample, Output out) throws StageException {
        if (graph == null) { // drained or flushed before
            openGraph();
        }
        origins.add(sample, sample.pts());
        if (sample instanceof VideoFrame picture) {
            Frames.reference(picture, frame);
        } else {
            Frames.reference((AudioFrame) sample, frame);
        }
        int error = graph.push(frame);
        if (error < 0) {
            av_frame_unref(frame);
            throw failed(error);
        }
        pull(out);
    }

    private void pull(Output out) throws StageException {
        int error = graph.pull(frame);
        while (error >= 0) {
            long pts = frame.pts();
            origins.find(0, timeBase.rescaleTo(format.timeBase(), pts));
            emitter.emit(frame, pts, origins, out);
            error = graph.pull(frame);
        }
        if (error != FFmpegErrors.AGAIN && error != AVERROR_EOF) {
            throw failed(error);
        }
    }

    private StageException failed(int error) {
        return StageException.retry(FFmpegErrors.message(error, "filter by " + config.filters(), log.said()))
                .parameter("filters");
    }

    /** A chain that was drained takes nothing more; the next frame makes it anew. */
    @Override
    public void drain(Output out) throws StageException {
        if (graph != null) {
            try {
                graph.end();
                pull(out);
            } finally {
                closeGraph();
            }
        }
    }

    @Override
    public void flush() {
        closeGraph();
    }

    private void closeGraph() {
        if (graph != null) {
            graph.close();
            graph = null;
        }
    }

    @Override
    public void close() {
        closeGraph();
        if (frame != null) {
            av_frame_free(frame);
        }
        if (log != null) {
            log.close();
        }
    }
}
