/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import com.fasterxml.jackson.core.JsonFactory;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;

/**
 * {@code /health}: 200 when the node is up and every pipeline is healthy, else 503. Anyone may ask, so it tells names and
 * states only, nothing of the configuration or of the reasons.
 */
@Component(service = Servlet.class)
@HttpWhiteboardServletPattern("/health")
public final class HealthServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final JsonFactory JSON = new JsonFactory();

    private final transient BundleContext context;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private transient volatile Pipelines pipelines;

    @Activate
    public HealthServlet(BundleContext context) {
        this.context = context;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var current = pipelines;
        List<PipelineStatus> now = current == null ? List.of() : current.pipelines();
        var state = state(now);
        response.setStatus(
                state.equals("RUNNING") ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        try (var json = JSON.createGenerator(response.getOutputStream())) {
            json.writeStartObject();
            json.writeStringField("state", state);
            json.writeObjectFieldStart("pipelines");
            for (var pipeline : now) {
                json.writeStringField(pipeline.name(), pipeline.state().name());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private String state(List<PipelineStatus> now) {
        var framework = context.getBundle(0);
        var wanted = Integer.parseInt(context.getProperty(Constants.FRAMEWORK_BEGINNING_STARTLEVEL));
        if (framework.getState() != Bundle.ACTIVE
                || framework.adapt(FrameworkStartLevel.class).getStartLevel() < wanted) {
            return "STARTING";
        }
        return now.stream().allMatch(p -> p.state().healthy()) ? "RUNNING" : "DEGRADED";
    }
}
