/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.shell;

import io.levada.api.pipeline.LinkStatus;
import io.levada.api.pipeline.ParameterInfo;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.StageStatus;
import io.levada.api.pipeline.StageTypeInfo;
import io.levada.api.pipeline.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values of the pipeline model, to be shown. */
final class Sample {

    private Sample() {}

    record Wrong(String key, String message, State state) implements Problem {}

    record Link(
            String from, String to, String policy, long samples, int queued, int capacity, Map<String, Long> dropped)
            implements LinkStatus {

        @Override
        public long queuedBytes() {
            return 0;
        }
    }

    record Stage(
            String name,
            String type,
            String implementation,
            String bundle,
            State state,
            String reason,
            Map<String, String> formats,
            long samplesIn,
            long samplesOut,
            long busyNanos,
            long latencyP50,
            long latencyP99,
            long restarts,
            long warnings,
            String lastWarning,
            Map<String, Long> gauges)
            implements StageStatus {

        @Override
        public String fault() {
            return "";
        }
    }

    record Pipe(
            String name,
            State state,
            List<Problem> problems,
            Instant since,
            List<StageStatus> stages,
            List<LinkStatus> links,
            double framesPerSecond,
            long latencyP99,
            long dropped,
            long events,
            long readers)
            implements PipelineStatus {

        @Override
        public long memory() {
            return 0;
        }
    }

    record Value(
            String name,
            String description,
            String type,
            boolean required,
            String defaultValue,
            List<String> options,
            String range)
            implements ParameterInfo {}

    record Type(
            String name,
            String kind,
            String description,
            List<String> accepts,
            List<String> emits,
            String bundle,
            List<ParameterInfo> parameters)
            implements StageTypeInfo {

        @Override
        public List<String> joins() {
            return List.of();
        }
    }

    /** A node with these pipelines and types, whose check says the given. */
    record Node(List<PipelineStatus> pipelines, List<StageTypeInfo> stageTypes, List<Problem> wrong)
            implements Pipelines {

        @Override
        public Optional<PipelineStatus> pipeline(String name) {
            return pipelines.stream()
                    .filter(pipeline -> pipeline.name().equals(name))
                    .findFirst();
        }

        @Override
        public List<Problem> check(String name, Map<String, String> definition) {
            return definition.isEmpty() ? List.of(new Wrong("", "is empty", State.INVALID)) : wrong;
        }
    }

    static PipelineStatus lobby(Instant now) {
        return new Pipe(
                "lobby",
                State.RUNNING,
                List.of(),
                now.minusSeconds(3 * 3600 + 12 * 60 + 7),
                List.of(
                        new Stage(
                                "cam",
                                "source.media",
                                "source.media",
                                "io.levada.source.media 0.1.0",
                                State.RUNNING,
                                "",
                                Map.of("video", "h264 768x432 25/2 fps"),
                                0,
                                144_000,
                                950_000_000L,
                                0,
                                0,
                                0,
                                0,
                                "",
                                Map.of()),
                        new Stage(
                                "decode",
                                "decoder",
                                "decoder.ffmpeg",
                                "io.levada.decoder.ffmpeg 0.1.0",
                                State.RUNNING,
                                "",
                                Map.of("video", "768x432 yuv420p 25/2 fps"),
                                144_000,
                                144_000,
                                172_800_000_000L,
                                2_100_000,
                                4_900_000,
                                1,
                                2,
                                "packet 7 is damaged",
                                Map.of()),
                        new Stage(
                                "live",
                                "server.rtsp",
                                "server.rtsp",
                                "io.levada.server.rtsp 0.1.0",
                                State.RUNNING,
                                "",
                                Map.of(),
                                144_000,
                                0,
                                3_000_000_000L,
                                31_000_000,
                                38_000_000,
                                0,
                                0,
                                "",
                                Map.of("readers", 4L, "evicted", 1L))),
                List.of(
                        new Link("cam:video", "decode", "drop-to-keyframe", 144_000, 0, 64, Map.of()),
                        new Link(
                                "decode:video",
                                "live",
                                "drop-oldest",
                                143_985,
                                1,
                                4,
                                Map.of("full", 12L, "keyframe-wait", 3L))),
                25,
                38_000_000,
                15,
                3,
                4);
    }

    static PipelineStatus gate(Instant now) {
        return new Pipe(
                "gate",
                State.RETRYING,
                List.of(
                        new Wrong("cam", "connection refused (10.0.0.7:554), next try in 8 s", State.RETRYING),
                        new Wrong(
                                "detect",
                                "waits for stage type analyzer.onnx (no bundle provides it); put its bundle into plugins/",
                                State.WAITING)),
                now.minusSeconds(40),
                List.of(),
                List.of(),
                0,
                0,
                0,
                0,
                0);
    }

    static StageTypeInfo motion() {
        return new Type(
                "analyzer.motion",
                "analyzer",
                "Finds what moves in front of a fixed camera; regions with boxes and scores as events",
                List.of("frame:video"),
                List.of("event"),
                "io.levada.analyzer.motion 0.1.0",
                List.of(
                        new Value(
                                "threshold",
                                "Least change of brightness that counts, as part of the range from black to white",
                                "number",
                                false,
                                "0.05",
                                List.of(),
                                "0.005..0.5"),
                        new Value("model", "What is looked for", "text", true, "", List.of("cars", "people"), ""),
                        new Value("zones", "Rectangles to look at", "text", false, "", List.of(), "")));
    }
}
