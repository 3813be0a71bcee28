/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import io.levada.api.pipeline.Pipelines;
import io.levada.api.pipeline.Plugins;
import io.levada.api.server.Readers;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmNativeMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.felix.webconsole.spi.SecurityProvider;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /metrics}: the text format of Prometheus, or OpenMetrics for who asks for it, compressed for who takes that. Everything is
 * read when it is asked for; scrapes at the same time do not know of each other.
 */
@Component(service = Servlet.class, configurationPid = MetricsServlet.PID)
@HttpWhiteboardServletPattern("/metrics")
@Designate(ocd = MetricsConfig.class)
public final class MetricsServlet extends PrometheusMetricsServlet {

    static final String PID = "io.levada.metrics";

    private static final long serialVersionUID = 1L;
    private static final String METHODS = "GET, HEAD, OPTIONS";
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServlet.class);

    private final transient BundleContext context;
    private transient volatile Settings settings = Settings.DEFAULT;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private transient volatile Pipelines pipelines;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private transient volatile Plugins plugins;

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private transient volatile List<Readers> servers = List.of();

    /** Signs in as the console does. */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private transient volatile SecurityProvider console;

    @Activate
    public MetricsServlet(BundleContext context, Map<String, ?> properties) {
        this(new PrometheusRegistry(), context);
        modified(properties);
    }

    private MetricsServlet(PrometheusRegistry registry, BundleContext context) {
        super(registry);
        this.context = context;
        registry.register((MultiCollector) this::collect);
        jvm(registry);
    }

    /** Not all that the client knows: what listens to the collector could not be taken back when this bundle is updated. */
    private static void jvm(PrometheusRegistry registry) {
        ProcessMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmNativeMemoryMetrics.builder().register(registry); // where the JVM tracks it
        JvmBufferPoolMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        JvmClassLoadingMetrics.builder().register(registry);
    }

    @Modified
    void modified(Map<String, ?> properties) {
        try {
            settings = Settings.of(properties);
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "{}/{}.cfg: {}; until then /metrics goes on as it was",
                    context.getProperty("levada.etc"),
                    PID,
                    e.getMessage());
        }
    }

    private MetricSnapshots collect() {
        var now = Optional.ofNullable(pipelines).map(Pipelines::pipelines).orElse(List.of());
        var jars = Optional.ofNullable(plugins).map(Plugins::list).orElse(List.of());
        var readers =
                servers.stream().flatMap(server -> server.readers().stream()).toList();
        return new MetricSnapshots(Stream.of(
                        NodeMetrics.of(context, jars),
                        PipelineMetrics.of(now),
                        ReaderMetrics.of(readers, settings.readers()))
                .flatMap(metrics -> metrics)
                .toList());
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (Access.open(settings.read(), request) || signedIn(request, response)) {
            response.setHeader("Cache-Control", "no-store");
            super.doGet(new TextRequest(request), response);
        }
    }

    /** It would send back what came, the Authorization header with it. */
    @Override
    protected void doTrace(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Allow", METHODS);
        response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }

    @Override
    protected void doOptions(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("Allow", METHODS);
    }

    /** Whether a user of the node asks; if not, that is answered. */
    private boolean signedIn(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var provider = console;
        if (provider == null) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Nobody can sign in yet");
            return false;
        }
        return provider.authenticate(request, response) != null;
    }
}
