/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import static io.levada.itest.gpu.node.NodeView.CLIP;
import static io.levada.itest.gpu.node.NodeView.DECODED;
import static io.levada.itest.gpu.node.NodeView.SOON;
import static io.levada.itest.gpu.node.NodeView.end;

import io.levada.itest.NodeProcess;
import io.levada.itest.PipelineFile;
import io.levada.itest.gpu.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** A node with several cards. */
final class DeviceChecks {

    private static final int PIPELINES = 8;
    private static final String CHAIN = DECODED
            + Stages.GPU.scale("small", "decode", 640, 360)
            + Stages.GPU.tensor("tensor", "small", "f32", 1)
            + end("tensor");
    private static final String DETECT =
            "detect.type = analyzer.onnx\ndetect.from = tensor\ndetect.model = examples/models/shapes.onnx\n";
    /** Pictures of the one card and of the other come to the same stages in turn. */
    private static final String SWITCHED = CLIP
            + "one.type = decoder.cuda\none.from = cam:video\none.device = 0\n"
            + "two.type = decoder.cuda\ntwo.from = cam:video\ntwo.device = 1\n"
            + "pick.type = route.switch\npick.from = one, two\n"
            + Stages.GPU.scale("small", "pick", 640, 360)
            + Stages.GPU.tensor("tensor", "small", "f32", 1)
            + end("tensor");

    private final Report report;
    private final boolean inference;
    private final NodeProcess node;
    private final NodeView view;

    DeviceChecks(Report report, boolean inference, Path home) {
        this.report = report;
        this.inference = inference;
        this.node = NodeView.process(home).with("CUDA_VISIBLE_DEVICES", "0,1");
        this.view = new NodeView(node);
    }

    void run() {
        try (node) {
            node.start();
            report.check("streams go where there is least to do, and stay there", this::placement);
            report.check("device says which card, and memory is taken there alone", this::chosen);
            report.check("a card that is not there", this::missing);
            report.check("pictures of two cards come to one stage in turn", this::switched);
            if (inference) {
                report.check("tensors of one card and a model on the other", this::elsewhere);
            }
            report.check("nothing is left", this::left);
        } catch (AssertionError e) {
            report.line("\n```\n" + node.log() + "\n```");
            throw e;
        }
    }

    private String placement() {
        for (int i = 0; i < PIPELINES; i++) {
            view.play("p" + i, inference ? CHAIN + DETECT : CHAIN);
        }
        var byCard = new TreeMap<Integer, Integer>();
        for (int i = 0; i < PIPELINES; i++) {
            int card = view.card("p" + i, "decode");
            for (var stage : inference ? List.of("small", "tensor", "detect") : List.of("small", "tensor")) {
                require(view.card("p" + i, stage) == card, stage + " works where its pictures are");
            }
            byCard.merge(card, 1, Integer::sum);
        }
        var used = Cards.used(node.pid());
        require(used.size() == 2, "there is a context on each card: " + used);
        require(
                byCard.size() == 2 && byCard.values().stream().allMatch(count -> count >= PIPELINES / 2 - 1),
                byCard.toString());
        require(Math.abs(used.get(0) - used.get(1)) < 256, "memory is alike: " + used);
        return PIPELINES + " pipelines on cards " + byCard + ", the node has " + used + " MiB there";
    }

    private String chosen() {
        var before = Cards.used(node.pid());
        var large = CHAIN.replace("small.width = 640", "small.width = 7680")
                        .replace("small.height = 360", "small.height = 4320")
                + "decode.device = 1\ndecode.prefer = decoder.cuda\n";
        var files = new ArrayList<PipelineFile>();
        for (int i = 0; i < 2; i++) {
            files.add(node.deploy("large" + i, large));
            view.awaitPlaying("large" + i);
            require(view.card("large" + i, "tensor") == 1, "on card 1");
        }
        var with = Cards.used(node.pid());
        require(with.get(0) - before.get(0) < 32, "card 0 has nothing of it: " + before + " " + with);
        require(with.get(1) - before.get(1) > 64, "card 1 has it: " + before + " " + with);
        files.forEach(node::remove);
        files.forEach(file -> node.awaitGone(file.name(), SOON));
        return before + " MiB, with two pipelines on card 1 " + with;
    }

    private String missing() {
        var nowhere = node.deploy(
                "nowhere",
                CLIP + "decode.type = decoder.cuda\ndecode.from = cam:video\ndecode.device = 7\n" + end("decode"));
        var stage = view.awaitStage(
                "nowhere", "decode", seen -> seen.path("reason").asText().contains("there is no GPU 7; there are 2"));
        node.remove(nowhere);
        node.awaitGone("nowhere", SOON);
        return stage.path("state").asText() + ": `" + stage.path("reason").asText() + "`";
    }

    private String switched() {
        node.deploy("switched", SWITCHED);
        node.awaitState("switched", "RUNNING", SOON);
        var cards = new ArrayList<Integer>();
        for (int i = 0; i < 10; i++) {
            var input = i % 2 == 0 ? "two" : "one";
            var answer = node.levada("shell", "control", "switched/pick", "select", input);
            require(answer.code() == 0, answer.toString());
            int wanted = 1 - i % 2;
            view.awaitStage(
                    "switched",
                    "tensor",
                    stage -> stage.path("gauges").path("device").asInt(-1) == wanted);
            view.awaitPlaying("switched");
            cards.add(view.card("switched", "tensor"));
        }
        require(node.stage("switched", "tensor").path("restarts").asInt() == 0, "no stage failed");
        return "scale and tensor worked on cards " + cards;
    }

    /** Where the user says so the model stays where it is, and what comes is refused. */
    private String elsewhere() {
        node.deploy(
                "elsewhere",
                CHAIN + "decode.device = 0\ndecode.prefer = decoder.cuda\n" + DETECT + "detect.device = cuda:1\n");
        var detect = view.awaitStage(
                "elsewhere", "detect", stage -> stage.path("reason").asText().contains("write device = cuda:0"));
        return detect.path("state").asText() + ": `" + detect.path("reason").asText() + "`";
    }

    private String left() {
        node.terminate();
        require(!node.log().contains("LEAK"), node.log());
        var used = Cards.used(node.pid());
        require(used.isEmpty(), "the node is gone from the cards: " + used);
        return "";
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
