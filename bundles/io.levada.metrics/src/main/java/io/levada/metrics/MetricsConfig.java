/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** What {@code etc/io.levada.metrics.cfg} may say. */
@ObjectClassDefinition(
        name = "Metrics",
        description = "The node's figures for Prometheus, at /metrics on the port of this console.")
@interface MetricsConfig {

    @AttributeDefinition(
            description = "Who may read them: auto (everybody on this machine, from elsewhere the users of this node),"
                    + " users (also on this machine) or anyone",
            options = {@Option("auto"), @Option("users"), @Option("anyone")})
    String read() default "auto";

    @AttributeDefinition(
            description = "How many readers have figures of their own, the newest; streams have theirs in any case",
            min = "0",
            max = "10000")
    int readers() default 100;
}
