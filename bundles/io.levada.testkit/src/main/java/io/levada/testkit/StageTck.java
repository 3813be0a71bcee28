/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The contract test that every stage passes. It opens many instances, feeds them the material in all the ways that a
 * pipeline can, and fails with the rules of the contract that were broken.
 *
 * <pre>{@code
 * @Test
 * void keepsTheStageContract() {
 *     StageTck.verify(BrightnessAnalyzer::new, Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12));
 * }
 * }</pre>
 */
public final class StageTck {

    private StageTck() {}

    /**
     * Tries every rule with every alternative of the material.
     *
     * @param stages makes a new instance at each call
     * @throws ContractBroken naming each rule that was broken, what the contract says, and what happened
     */
    public static void verify(Supplier<? extends Stage> stages, Accepts... accepts) {
        var scenarios = Accepts.scenarios(accepts);
        if (scenarios.isEmpty()) {
            throw new IllegalArgumentException("say what the stage accepts; a source accepts Accepts.nothing()");
        }
        List<ContractBroken> failures = new ArrayList<>();
        for (var scenario : scenarios) {
            var trial = new Trial(stages, scenario);
            for (var rule : rules(trial)) {
                try {
                    rule.check().on(trial);
                } catch (Throwable e) {
                    failures.add(new ContractBroken(
                            rule.name() + " (" + rule.contract() + "), with " + scenario + ": " + reason(e), e));
                }
            }
        }
        report(stages, failures);
    }

    private static List<Rule> rules(Trial trial) {
        if (trial.source()) {
            return Stream.of(CommonRules.ALL, SourceRules.ALL)
                    .flatMap(List::stream)
                    .toList();
        }
        if (trial.scenario().inputs().isEmpty()) {
            throw new IllegalArgumentException("only a source accepts nothing");
        }
        return Stream.of(CommonRules.ALL, LifeRules.ALL, StreamRules.ALL)
                .flatMap(List::stream)
                .toList();
    }

    private static String reason(Throwable e) {
        return e instanceof ContractBroken ? e.getMessage() : e.toString();
    }

    private static void report(Supplier<? extends Stage> stages, List<ContractBroken> failures) {
        if (failures.isEmpty()) {
            return;
        }
        var text = new StringBuilder(HarnessBuilder.name(stages.get()))
                .append(" breaks the stage contract ")
                .append(failures.size() == 1 ? "once" : failures.size() + " times")
                .append(':');
        failures.forEach(failure -> text.append("\n  ").append(failure.getMessage()));
        var all = new ContractBroken(text.toString(), failures.get(0));
        failures.stream().skip(1).forEach(all::addSuppressed);
        throw all;
    }
}
