/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.motion;

import io.levada.api.stage.Quantity;
import io.levada.api.stage.StageException;

/**
 * The parameters, ready for use.
 *
 * @param threshold in steps of brightness, 0 to 255
 * @param leastArea as part of the picture
 * @param persistence in pictures
 * @param stillAfter in seconds
 * @param learning in seconds
 */
record Settings(float threshold, double leastArea, int persistence, double stillAfter, double learning, Zones zones) {

    static Settings of(MotionAnalyzer.Config config) throws StageException {
        return new Settings(
                (float) (255 * config.threshold()),
                config.min$_$area(),
                config.persistence(),
                seconds("still-after", config.still$_$after()),
                seconds("learning", config.learning()),
                Zones.parse(config.zones()));
    }

    private static double seconds(String name, String text) throws StageException {
        return Quantity.nanos(name, text) / 1e9;
    }
}
