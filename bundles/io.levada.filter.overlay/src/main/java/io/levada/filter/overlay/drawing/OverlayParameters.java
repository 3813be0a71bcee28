/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Of the stages that draw; all can be changed while they run. */
@ObjectClassDefinition(
        name = "Overlay",
        description = "Draws what analyzers found (boxes, zones and lines with labels) and the time on the picture")
public @interface OverlayParameters {

    @AttributeDefinition(
            name = "Hold",
            description = "How long boxes stay when no newer ones come, so that they do not flicker, such as 200 ms;"
                    + " events that tell how long they hold, as those of zones, are shown for that long")
    String hold() default "200 ms";

    @AttributeDefinition(
            name = "Colour",
            description =
                    "Of boxes and labels: #RRGGBB, or black, white, red, green, blue, yellow, orange, cyan, magenta")
    String color() default "yellow";

    @AttributeDefinition(
            name = "Thickness",
            description = "Of the lines in pixels, in steps of 2; 0 follows the picture's size",
            min = "0",
            max = "64")
    int thickness() default 0;

    @AttributeDefinition(
            name = "Labels",
            description = "What is written at a box",
            options = {
                @Option(label = "Nothing", value = "none"),
                @Option(label = "Label and track", value = "label"),
                @Option(label = "Label, track and score", value = "label+score")
            })
    String labels() default "label+score";

    @AttributeDefinition(
            name = "Text size",
            description = "Height of the text in pixels, in steps of 8; 0 follows the picture's size",
            min = "0",
            max = "256")
    int text$_$size() default 0;

    @AttributeDefinition(name = "Clock", description = "Whether the time of capture is written on the picture")
    boolean clock() default false;

    @AttributeDefinition(
            name = "Time zone",
            description = "Zone of the clock: UTC, an offset such as +01:00, or a name such as Europe/Lisbon;"
                    + " the node's own when empty",
            required = false)
    String zone() default "";
}
