/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avfilter.*;
import static org.bytedeco.ffmpeg.global.avutil.av_get_sample_fmt_name;
import static org.bytedeco.ffmpeg.global.avutil.av_strdup;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.Rational;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.NearMiss;
import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avfilter.AVFilter;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** A chain of libavfilter with one input and one output, both frames of the media model. One thread at a time. */
public final class FilterGraph implements AutoCloseable {

    /** The filters' names in a description: what stands before the arguments, behind labels. */
    private static final Pattern NAME =
            Pattern.compile("(?:^|[,;])\\s*(?:\\[[^\\]]*]\\s*)*([A-Za-z0-9_]+)(?=@|=|,|;|\\[|\\s|$)");

    /** FFmpeg's words for a filter with an input or output that leads nowhere; of one with a label it says nothing. */
    private static final Pattern OPEN_END = Pattern.compile("unconnected|not connected");

    private static final String ONE_AND_ONE = "a chain has one input and one output: lead the others back into it, by"
            + " labels, or leave that filter out";
    private static final String DOCUMENTATION =
            "correct the filter or its options: https://ffmpeg.org/ffmpeg-filters.html says what there is";

    private final FFmpegLog log;
    private final AVFilterGraph graph = Objects.requireNonNull(avfilter_graph_alloc(), "out of memory");
    private AVFilterContext source;
    private AVFilterContext sink;
    private final List<Pointer> covered = new ArrayList<>();

    private FilterGraph(FFmpegLog log) {
        this.log = log;
    }

    /**
     * Builds and configures a graph.
     *
     * @param in what goes in, a {@link VideoFormat} on the host or an {@link AudioFormat}
     * @param filters as after {@code ffmpeg -vf}; one chain or several, with one open input and one open output
     * @param threads of slice-threaded filters; 0 for as many as there are cores
     * @param log of the stage it works for
     * @throws StageException of kind INVALID that holds libavfilter's own message
     */
    public static FilterGraph open(Format in, String filters, int threads, FFmpegLog log) throws StageException {
        var result = new FilterGraph(log);
        boolean built = false;
        log.trying();
        try {
            result.build(in, filters, threads);
            built = true;
            return result;
        } finally {
            log.tried(built);
            if (!built) {
                result.close();
            }
        }
    }

    private void build(Format in, String filters, int threads) throws StageException {
        boolean video = in instanceof VideoFormat;
        graph.nb_threads(threads);
        cover(graph);
        source = filter(
                video ? "buffer" : "abuffer", "in", video ? arguments((VideoFormat) in) : arguments((AudioFormat) in));
        sink = filter(video ? "buffersink" : "abuffersink", "out", null);
        var outputs = end("in", source);
        var inputs = end("out", sink);
        try {
            require(avfilter_graph_parse_ptr(graph, filters, inputs, outputs, null), filters);
        } finally {
            avfilter_inout_free(inputs);
            avfilter_inout_free(outputs);
        }
        for (int i = 0; i < graph.nb_filters(); i++) {
            cover(graph.filters(i));
        }
        require(avfilter_graph_config(graph, null), filters);
        log.said();
    }

    private void cover(Pointer context) {
        log.covers(context);
        covered.add(context);
    }

    private AVFilterContext filter(String type, String name, String arguments) throws StageException {
        var context = new AVFilterContext(null);
        int error = avfilter_graph_create_filter(context, avfilter_get_by_name(type), name, arguments, null, graph);
        if (error < 0) {
            throw StageException.invalid(FFmpegErrors.message(error, "filter " + arguments, log.said()));
        }
        return context;
    }

    private static AVFilterInOut end(String name, AVFilterContext context) {
        var end = Objects.requireNonNull(avfilter_inout_alloc(), "out of memory");
        return end.name(new BytePointer(av_strdup(new BytePointer(name))))
                .filter_ctx(context)
                .pad_idx(0)
                .next(null);
    }

    private static String arguments(VideoFormat format) throws StageException {
        if (format.memory() != Memory.Kind.HOST) {
            throw StageException.invalid("frames in " + format.memory() + " memory can't be filtered here")
                    .remedy("put a download stage in between");
        }
        var aspect = format.sampleAspectRatio();
        return "video_size=" + format.width() + "x" + format.height()
                + ":pix_fmt=" + format.pixelFormat().name()
                + ":time_base=" + format.timeBase()
                + ":pixel_aspect=" + (aspect.known() ? aspect : "0/1")
                + ":colorspace=" + format.colorSpace()
                + ":range=" + format.colorRange()
                + (format.frameRate().known() ? ":frame_rate=" + format.frameRate() : "");
    }

    private static String arguments(AudioFormat format) {
        return "sample_rate=" + format.sampleRate()
                + ":sample_fmt="
                + av_get_sample_fmt_name(Formats.sampleFormat(format.sampleFormat()))
                        .getString()
                + ":time_base=" + format.timeBase()
                + ":channels=" + format.channels()
                + (format.channelLayout().isEmpty() ? "" : ":channel_layout=" + format.channelLayout());
    }

    private void require(int error, String filters) throws StageException {
        if (error < 0) {
            String said = log.said();
            throw StageException.invalid(FFmpegErrors.message(error, "filter by " + filters, said) + unknown(filters))
                    .remedy(said.isEmpty() || OPEN_END.matcher(said).find() ? ONE_AND_ONE : DOCUMENTATION);
        }
    }

    /** libavfilter often stumbles over the arguments before it says that it knows no filter of that name. */
    private static String unknown(String filters) {
        return NAME.matcher(filters)
                .results()
                .map(name -> name.group(1))
                .filter(name -> avfilter_get_by_name(name) == null)
                .findFirst()
                .map(name -> "; there is no filter " + name + NearMiss.hint(name, names()))
                .orElse("");
    }

    private static List<String> names() {
        var names = new ArrayList<String>();
        try (var cursor = new PointerPointer<Pointer>(1)) {
            cursor.put(0, (Pointer) null);
            for (AVFilter filter = av_filter_iterate(cursor); filter != null; filter = av_filter_iterate(cursor)) {
                names.add(filter.name().getString());
            }
        }
        return names;
    }

    /** Audio then comes out in frames of so many samples, the last one excepted; for encoders. */
    public void frameSize(int samples) {
        av_buffersink_set_frame_size(sink, samples);
    }

    /** The unit of what comes out. */
    public TimeBase timeBase() {
        return Formats.timeBase(av_buffersink_get_time_base(sink));
    }

    /** The rate of what comes out; unknown for audio and for varying ones. */
    public Rational frameRate() {
        return Formats.rational(av_buffersink_get_frame_rate(sink));
    }

    /** AVCOL_RANGE_... of the pictures that come out. */
    public int colorRange() {
        return av_buffersink_get_color_range(sink);
    }

    /** AVCOL_SPC_... of the pictures that come out. */
    public int colorSpace() {
        return av_buffersink_get_colorspace(sink);
    }

    /** Hands a frame in, whose reference moves into the graph: it is blank afterwards. A negative result is libav's error. */
    public int push(AVFrame frame) {
        return av_buffersrc_add_frame_flags(source, frame, 0);
    }

    /** Nothing more goes in: what is inside comes out. */
    public void end() {
        av_buffersrc_add_frame_flags(source, null, 0);
    }

    /** Fills a blank frame; {@link FFmpegErrors#AGAIN} when more must go in first. */
    public int pull(AVFrame into) {
        return av_buffersink_get_frame(sink, into);
    }

    @Override
    public void close() {
        covered.forEach(log::uncovers);
        avfilter_graph_free(graph);
    }
}
