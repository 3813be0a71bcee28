/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

import io.levada.api.stage.Quantity;
import io.levada.api.stage.StageException;

/**
 * The parameters, ready for use.
 *
 * @param buffer nanoseconds for which what is not seen is looked for
 */
record Settings(
        double highScore,
        double lowScore,
        double startScore,
        double overlap,
        int hits,
        long buffer,
        boolean acrossClasses) {

    static Settings of(TrackAnalyzer.Config config) throws StageException {
        if (config.low$_$score() > config.high$_$score()) {
            throw StageException.invalid("low-score = " + config.low$_$score() + " is more than high-score = "
                            + config.high$_$score())
                    .parameter("low-score")
                    .remedy(
                            "low-score is the least score that counts at all, high-score that of what is found for sure");
        }
        return new Settings(
                config.high$_$score(),
                config.low$_$score(),
                Math.max(config.start$_$score(), config.high$_$score()),
                config.overlap(),
                config.min$_$hits(),
                Quantity.nanos("buffer", config.buffer()),
                config.across$_$classes());
    }
}
