/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import static io.levada.itest.gpu.node.NodeView.DECODED;
import static io.levada.itest.gpu.node.NodeView.SOON;
import static io.levada.itest.gpu.node.NodeView.end;

import com.fasterxml.jackson.databind.JsonNode;
import io.levada.cuda.Cuda;
import io.levada.itest.Await;
import io.levada.itest.NodeProcess;
import io.levada.itest.gpu.CardHog;
import io.levada.itest.gpu.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;

/** Harm done on the card by one pipeline, in a node of its own each time: who did it is named, and the others live with it. */
final class NodeFaults {

    private static final double STOP_SECONDS = 15;
    private static final int MOST_DECODERS = 40;
    private static final String[] ALL = {"user", "role", "tensors", "card"};
    private static final String ILLEGAL = "f.out.plane[0][(1LL << 44) + blockIdx.x] = 1;";
    private static final String ENDLESS_ONE =
            "if (blockIdx.x + blockIdx.y == 0) for (volatile int i = 0; i >= 0; i = 1) {}";
    private static final String ENDLESS_ALL = "for (volatile int i = 0; i >= 0; i = 1) {}";
    /** A tenth of a second. */
    private static final String SLOW =
            "if (blockIdx.x + blockIdx.y == 0) for (long long end = clock64() + 200000000LL; clock64() < end;) {}";

    private final Report report;
    private final Path homes;
    private NodeProcess node;
    private NodeView view;

    NodeFaults(Report report, Path homes) {
        this.report = report;
        this.homes = homes;
    }

    void run(Set<Fault> wanted) {
        wanted.forEach(fault -> report.check(fault.title(), () -> in(fault)));
    }

    private String in(Fault fault) throws Exception {
        node = NodeView.process(homes.resolve(fault.toString())).start();
        view = new NodeView(node);
        try (var host = new HostLoad(node)) {
            deploy();
            var seen = harm(fault);
            return seen + "; " + host.untouched() + "; stopped within " + stop() + " s";
        } catch (Throwable e) {
            report.line("\n```\n" + tail(node.log()) + "\n```");
            throw e;
        } finally {
            node.kill();
        }
    }

    /** The one that is to do harm, and what has to live with it. */
    private void deploy() {
        node.deploy("user", kernel(";"));
        node.deploy("role", DECODED + "motion.type = analyzer.motion\nmotion.from = decode\n" + end("decode"));
        node.deploy("tensors", DECODED + "tensor.type = tensor\ntensor.from = decode\n" + end("tensor"));
        node.deploy(
                "card",
                DECODED
                        + Stages.GPU.scale("small", "decode", 640, 360)
                        + Stages.GPU.tensor("tensor", "small", "f16", 1)
                        + end("tensor"));
        for (var pipeline : ALL) {
            view.awaitPlaying(pipeline);
            view.awaitStage(pipeline, "decode", stage -> by(stage, "decoder.cuda"));
        }
        view.awaitStage("tensors", "tensor", stage -> by(stage, "gpu.tensor"));
    }

    private String harm(Fault fault) throws Exception {
        return switch (fault) {
            case ILLEGAL -> illegal();
            case ENDLESS -> endless();
            case FILLED -> filled();
            case MEMORY -> memory();
            case SLOW -> slow();
        };
    }

    private static String tail(String log) {
        return log.substring(Math.max(0, log.length() - 8000));
    }

    private static String kernel(String line) {
        return DECODED + Stages.kernel("culprit", "decode", line) + end("culprit");
    }

    private String illegal() {
        node.deploy("user", kernel(ILLEGAL));
        Await.until("the log names it", SOON, () -> node.log()
                .contains("in user/culprit; a restart of the node is advised"));
        var culprit = view.awaitStage("user", "culprit", stage -> failed(stage, "user/culprit"));
        view.awaitStage("card", "tensor", stage -> failed(stage, "user/culprit"));
        view.awaitStage("role", "decode", stage -> by(stage, "decoder.ffmpeg"));
        view.awaitStage("tensors", "decode", stage -> by(stage, "decoder.ffmpeg"));
        view.awaitStage("tensors", "tensor", stage -> by(stage, "cpu.tensor"));
        view.awaitPlaying("role", "tensors");
        var gpu = node.status().path("gpu").asText();
        require(gpu.contains("is lost"), "status says of the GPU: " + gpu);
        view.play("later", DECODED + end("decode"));
        return "`" + culprit.path("reason").asText() + "`; roles are filled by software, gpu stages are FAILED";
    }

    private String endless() {
        node.deploy("user", kernel(ENDLESS_ONE));
        var culprit = view.awaitStage("user", "culprit", stage -> failed(stage, "user/culprit"));
        view.awaitPlaying("role", "tensors", "card");
        return "`" + culprit.path("reason").asText() + "`; the other stages on the card go on";
    }

    /** There is no room on the card for the others' work, and NVDEC needs a little for every frame. */
    private String filled() {
        node.deploy("user", kernel(ENDLESS_ALL));
        view.awaitStage("user", "culprit", stage -> failed(stage, "user/culprit"));
        var others = new StringBuilder();
        for (var pipeline : new String[] {"role", "tensors", "card"}) {
            var state = Await.value(
                    pipeline + " goes on or says why it does not",
                    SOON,
                    () -> node.pipeline(pipeline),
                    seen -> seen.path("problems").size() > 0 || view.moves(pipeline));
            others.append("; ")
                    .append(pipeline)
                    .append(' ')
                    .append(state.path("state").asText());
            for (var problem : state.path("problems")) {
                others.append(" (").append(problem.path("message").asText()).append(')');
            }
        }
        return "the culprit is FAILED" + others;
    }

    /** Frames of this size find no place, and some decoder of many does not either; nobody else is disturbed. */
    private String memory() throws Exception {
        String said;
        var late = new ArrayList<String>();
        try (var hog = CardHog.of(Cuda.probe().device(0))) {
            require(hog.said().contains("out of memory"), hog.said());
            node.deploy("large", DECODED + Stages.GPU.scale("large", "decode", 7680, 4320) + end("large"));
            var large = view.awaitStage("large", "large", stage -> wants(stage, "RETRYING"));
            said = "scale: `" + large.path("reason").asText() + "`";
            var decode = large;
            while (late.size() < MOST_DECODERS && !by(decode, "decoder.ffmpeg")) {
                late.add("late" + late.size());
                node.deploy(late.get(late.size() - 1), DECODED + end("decode"));
                view.awaitPlaying(late.get(late.size() - 1));
                decode = node.stage(late.get(late.size() - 1), "decode");
            }
            require(wants(decode, "RUNNING"), "a decoder gives way for lack of memory: " + decode);
            said += "; decoder: `" + decode.path("reason").asText() + "`";
            view.awaitPlaying(ALL);
        }
        late.add("large");
        view.awaitPlaying(late.toArray(String[]::new));
        view.awaitPlaying(ALL);
        return said + "; all are RUNNING when there is memory again";
    }

    /** It is gone from the node at once; its memory comes back when its kernels have ended, and not before. */
    private String slow() throws Exception {
        long before = memoryUsed();
        var brake = node.deploy("brake", kernel(SLOW));
        view.awaitPlaying("brake");
        long started = System.nanoTime();
        node.remove(brake);
        node.awaitGone("brake", SOON);
        double seconds = (System.nanoTime() - started) / 1e9;
        Await.until("its memory comes back", SOON, () -> memoryUsed() <= before + 32);
        view.awaitPlaying(ALL);
        require(!node.log().contains("is lost") && !node.log().contains("LEAK"), "no harm is done");
        return "gone within %.1f s, memory on the card as before".formatted(seconds);
    }

    private long memoryUsed() {
        return Cards.used(node.pid()).stream().mapToLong(Long::longValue).sum();
    }

    private static boolean by(JsonNode stage, String implementation) {
        return stage.path("state").asText().equals("RUNNING")
                && stage.path("implementation").asText().equals(implementation);
    }

    private static boolean wants(JsonNode stage, String state) {
        return stage.path("state").asText().equals(state)
                && stage.path("reason").asText().contains("out of memory");
    }

    private static boolean failed(JsonNode stage, String why) {
        return stage.path("state").asText().equals("FAILED")
                && stage.path("reason").asText().contains(why)
                && stage.path("reason").asText().contains("restart");
    }

    private String stop() {
        long started = System.nanoTime();
        node.terminate();
        double seconds = (System.nanoTime() - started) / 1e9;
        require(seconds <= STOP_SECONDS, "the node took " + seconds + " s to stop");
        return "%.1f".formatted(seconds);
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
