/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.tensor.picture;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Of the stages that make tensors of pictures, wherever those are. */
@ObjectClassDefinition(name = "Tensor", description = "Pictures to tensors: resized, RGB, normalised")
public @interface TensorParameters {

    @AttributeDefinition(name = "Width", description = "Elements in a row", min = "1", max = "8192")
    int width() default 640;

    @AttributeDefinition(name = "Height", description = "Rows", min = "1", max = "8192")
    int height() default 640;

    @AttributeDefinition(
            name = "Fit",
            description = "How a picture of other proportions is brought to that size",
            options = {
                @Option(label = "Whole, with grey (114) beside it", value = "letterbox"),
                @Option(label = "Stretched", value = "stretch"),
                @Option(label = "Cut off at the sides", value = "crop")
            })
    String fit() default "letterbox";

    @AttributeDefinition(
            name = "Layout",
            description = "Order of the dimensions: batch, channels, height, width",
            options = {
                @Option(label = "Channels first", value = "nchw"),
                @Option(label = "Channels last", value = "nhwc")
            })
    String layout() default "nchw";

    @AttributeDefinition(
            name = "Element type",
            description = "u8 holds colours from 0 to 255; scale, mean and std are for the others",
            options = {
                @Option(label = "8 bit", value = "u8"),
                @Option(label = "Half float", value = "f16"),
                @Option(label = "Float", value = "f32")
            })
    String dtype() default "f32";

    @AttributeDefinition(
            name = "Order",
            description = "Which colour comes first",
            options = {@Option(label = "Red", value = "rgb"), @Option(label = "Blue", value = "bgr")})
    String order() default "rgb";

    @AttributeDefinition(
            name = "Scale",
            description = "The colours' values, 0 to 255, are multiplied by it; a number or a fraction")
    String scale() default "1/255";

    @AttributeDefinition(
            name = "Mean",
            description = "Subtracted after that: one number, or one each for red, green and blue")
    String mean() default "0";

    @AttributeDefinition(
            name = "Standard deviation",
            description = "Divides after that: one number, or one each for red, green and blue")
    String std() default "1";

    @AttributeDefinition(name = "Batch", description = "Pictures in a tensor", min = "1", max = "1024")
    int batch() default 1;
}
