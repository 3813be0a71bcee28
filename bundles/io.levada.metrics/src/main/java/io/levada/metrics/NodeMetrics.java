/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import io.levada.api.media.LeakDetector;
import io.levada.api.pipeline.PluginStatus;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** The node itself, apart from what is told of every JVM. */
final class NodeMetrics {

    private static final List<Family<BundleContext>> NODE = List.of(
            Family.info(
                    "levada_build",
                    "What runs",
                    node -> Labels.of(
                            "version",
                            Optional.ofNullable(node.getProperty("levada.version"))
                                    .orElse("?"),
                            "java",
                            System.getProperty("java.version"))),
            Family.gauge("levada_bundles", "Bundles of the node", node -> node.getBundles().length),
            Family.gauge("levada_bundles_not_running", "Bundles that should run and do not", NodeMetrics::idle),
            Family.counter(
                    "levada_memory_leaks",
                    "Samples that were found without an owner; levada.leaks says how many are looked at",
                    node -> LeakDetector.leaks()));

    private static final List<Family<PluginStatus>> PLUGIN = List.of(Family.gauge(
            "levada_plugin_running",
            "Whether the jar in plugins/ runs, as it is there now",
            plugin -> plugin.running() && plugin.problem().isEmpty() ? 1 : 0));

    private NodeMetrics() {}

    static Stream<MetricSnapshot> of(BundleContext node, List<PluginStatus> plugins) {
        var byFile = new LinkedHashMap<Labels, PluginStatus>();
        plugins.forEach(plugin -> byFile.put(Labels.of("file", plugin.file()), plugin));
        return Stream.concat(
                PipelineMetrics.all(NODE, Map.of(Labels.EMPTY, node)), PipelineMetrics.all(PLUGIN, byFile));
    }

    private static long idle(BundleContext node) {
        return Stream.of(node.getBundles())
                .filter(bundle -> bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null)
                .filter(bundle -> (bundle.getState() & (Bundle.ACTIVE | Bundle.STARTING | Bundle.STOPPING)) == 0)
                .count();
    }
}
