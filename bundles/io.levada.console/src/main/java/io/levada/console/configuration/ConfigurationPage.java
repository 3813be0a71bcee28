/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.configuration;

import io.levada.api.pipeline.Definitions;
import io.levada.api.pipeline.Pipelines;
import io.levada.console.AddedMarkup;
import io.levada.console.HeldResponse;
import io.levada.console.PlainErrors;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.felix.webconsole.spi.ConfigurationHandler;
import org.apache.felix.webconsole.spi.ValidationException;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardContextSelect;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardFilterPattern;

/**
 * Stands before the console's page of configurations for what its hooks do not reach: the form of a pipeline, the making of a
 * new one under its name, the names in the list, and the reason of a refusal.
 */
@Component(service = Filter.class)
@HttpWhiteboardContextSelect("(osgi.http.whiteboard.context.name=org.apache.felix.webconsole)")
@HttpWhiteboardFilterPattern({"/configMgr", "/configMgr/*"})
public final class ConfigurationPage extends HttpFilter {

    private static final String UNREADABLE =
            "the form can't be read: it is larger than 200 KB, or no text in UTF-8; a larger"
                    + " definition can be put into etc/ as a file";
    private static final long serialVersionUID = 1L;

    private static final String SCRIPT = "levada.js";

    private final transient Definitions definitions;
    private final transient Pipelines pipelines;
    private final transient PipelineNames names;
    private final transient PipelineHandler handler;

    @Activate
    public ConfigurationPage(
            BundleContext context,
            @Reference Definitions definitions,
            @Reference Pipelines pipelines,
            @Reference(target = "(component.name=io.levada.console.configuration.PipelineHandler)")
                    ConfigurationHandler handler) {
        this.definitions = definitions;
        this.pipelines = pipelines;
        this.names = new PipelineNames(context);
        this.handler = (PipelineHandler) handler;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!readable(request)) {
            new PlainErrors(response).sendError(HttpServletResponse.SC_BAD_REQUEST, UNREADABLE);
            return;
        }
        var pid = pid(request);
        boolean asksForForm = "true".equals(request.getParameter("post"))
                || request.getMethod().equals("POST") && request.getParameter("apply") == null;
        if (pid.equals(SCRIPT)) {
            script(response);
        } else if (asksForForm && pid.equals(PipelineForm.FACTORY_PID) && request.getParameter("create") != null) {
            form(response, "new", Optional.empty());
        } else if (asksForForm && PipelineForm.pipeline(pid).isPresent()) {
            form(response, pid, definitions.text(PipelineForm.pipeline(pid).get()));
        } else if (request.getParameter("apply") != null
                && PipelineForm.FACTORY_PID.equals(request.getParameter("factoryPid"))
                && PipelineForm.pipeline(pid).isEmpty()) {
            create(request, response);
        } else if (request.getMethod().equals("POST")) {
            chain.doFilter(request, new PlainErrors(response));
        } else if (request.getMethod().equals("GET") && !pid.endsWith(".json")) {
            names.refresh(pipelines);
            var script = "<script src=\"" + request.getContextPath() + "/configMgr/" + SCRIPT + "\"></script>";
            var page = new HeldResponse(response, new AddedMarkup(script));
            chain.doFilter(request, page);
            page.release();
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Parameters are read when the first is asked for; the server then throws what it likes. */
    private static boolean readable(HttpServletRequest request) {
        try {
            request.getParameterMap();
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    /** The last part of the path; empty for the page itself. */
    private static String pid(HttpServletRequest request) {
        var path = URLDecoder.decode(request.getRequestURI(), StandardCharsets.UTF_8);
        int page = path.indexOf("/configMgr/");
        return page < 0 ? "" : path.substring(path.lastIndexOf('/') + 1);
    }

    private static void form(HttpServletResponse response, String pid, Optional<String> text) throws IOException {
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        PipelineForm.write(response.getWriter(), pid, text);
    }

    private static void script(HttpServletResponse response) throws IOException {
        response.setContentType("text/javascript");
        response.setCharacterEncoding("UTF-8");
        try (var script = ConfigurationPage.class.getResourceAsStream("/res/configuration.js")) {
            script.transferTo(response.getOutputStream());
        }
    }

    private void create(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var name = Optional.ofNullable(request.getParameter(PipelineForm.NAME))
                .map(String::strip)
                .orElse("");
        var text = Optional.ofNullable(request.getParameter(PipelineForm.DEFINITION))
                .orElse("");
        var errors = new PlainErrors(response);
        try {
            if (definitions.text(name).isPresent()) {
                throw new ValidationException(
                        "there is a pipeline " + name + " already; edit it, or choose another name");
            }
            handler.apply(name, text);
            response.sendRedirect(PipelineForm.FACTORY_PID + "~" + name);
        } catch (ValidationException | IOException e) {
            errors.sendError(HttpServletResponse.SC_BAD_REQUEST, e.getMessage());
        }
    }
}
