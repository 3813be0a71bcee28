/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

/** What a model's output says. */
enum Task {
    /** Boxes with classes: one output [batch, 4 + classes, anchors] as YOLOv8 and 11 have it, or [batch, boxes, 6] after NMS. */
    DETECT,
    /** A score for each class: [batch, classes]. */
    CLASSIFY,
    /** Anything else: the values as they are. */
    TENSOR
}
