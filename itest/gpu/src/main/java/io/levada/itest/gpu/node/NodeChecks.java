/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu.node;

import io.levada.itest.Distribution;
import io.levada.itest.gpu.Report;
import io.levada.itest.gpu.Settings;
import java.nio.file.Path;

/** The parts of the report that are about the packed node. */
public final class NodeChecks {

    private final Report report;
    private final Stages stages;
    private final Path homes;

    /**
     * @param software to rehearse without a card: what needs one is left out
     * @param homes where nodes are unpacked
     */
    public NodeChecks(Report report, boolean software, Path homes) {
        this.report = report;
        this.stages = software ? Stages.SOFTWARE : Stages.GPU;
        this.homes = homes;
    }

    /** One card is enough. */
    public void node() {
        boolean inference = stages == Stages.GPU && addOn();
        report.section("The packed node" + (inference ? ", with the add-on for models on the GPU" : ""));
        report.check("the same file with and without a card", () -> new SameFile(stages, homes.resolve("same")).run());
        report.check(
                "who encodes gets the pictures where it takes them",
                () -> new EncoderChoice(stages, homes.resolve("encoder")).run());
        report.check(
                "pipelines are changed and bundles are replaced under load",
                () -> new Reconfigurations(report, stages, inference, homes.resolve("changes")).run());
    }

    /** Each in a node of its own, for none is of use afterwards. */
    public void faults() {
        report.section("Faults in the packed node");
        new NodeFaults(report, homes).run(Settings.faults());
    }

    /** Needs several cards. */
    public void devices() {
        report.section("Several cards");
        int cards = Cards.used().size();
        if (cards < 2) {
            report.check("several cards", () -> {
                throw new Report.NotHere("there is " + (cards == 0 ? "none" : "one"));
            });
            return;
        }
        new DeviceChecks(report, addOn(), homes.resolve("devices")).run();
    }

    private static boolean addOn() {
        return Distribution.packed().bundles().stream()
                .anyMatch(jar -> jar.getFileName().toString().matches("io\\.levada\\.onnxruntime\\.native-.*gpu.*"));
    }
}
