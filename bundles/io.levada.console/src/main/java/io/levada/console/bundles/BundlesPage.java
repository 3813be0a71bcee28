/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.bundles;

import io.levada.api.pipeline.PluginStatus;
import io.levada.api.pipeline.Plugins;
import io.levada.console.AddedMarkup;
import io.levada.console.HeldResponse;
import io.levada.console.PlainErrors;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardContextSelect;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardFilterPattern;
import org.owasp.encoder.Encode;

/**
 * Stands before the console's page of bundles and takes what is about plugins: the page would replace a bundle in place, and knows
 * nothing of {@code plugins/}. Browsers are answered with the page itself, which shows what became of it, programs with text.
 */
@Component(service = Filter.class)
@HttpWhiteboardContextSelect("(osgi.http.whiteboard.context.name=org.apache.felix.webconsole)")
@HttpWhiteboardFilterPattern({"/bundles", "/bundles/*", "/install", "/install/*"})
public final class BundlesPage extends HttpFilter {

    private static final long serialVersionUID = 1L;

    /** Of a whole form: somewhat more than the largest plugin. The container puts it on the disk before it is looked at. */
    private static final long MOST_BYTES = 520_000_000;

    /** The page is silent when an action fails. */
    private static final String ERRORS =
            """
            <script>
            $(document).ajaxError(function (event, answer) {
                bundleOpError.dialog('open').find('pre').text(answer.responseText);
            });
            </script>
            """;

    private static final String TOLD =
            """
            <div id="levada-told" class="ui-helper-hidden">%s</div>
            <script>
            $(function () {
                var told = $('#levada-told').text();
                %s
            });
            </script>
            """;

    private static final String TOLD_TAKEN =
            "bundleOpSuccess.css('white-space', 'pre-wrap').text(told).dialog('open');";
    private static final String TOLD_REFUSED =
            "bundleOpError.dialog('open').find('pre').css('white-space', 'pre-wrap').text(told);";

    private final transient BundleContext context;
    private final transient Plugins plugins;
    private final transient Placement placement;

    @Activate
    public BundlesPage(BundleContext context, @Reference Plugins plugins) {
        this.context = context;
        this.plugins = plugins;
        this.placement = new Placement(plugins);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain page)
            throws IOException, ServletException {
        if (request.getMethod().equals("GET") && !request.getRequestURI().endsWith(".json")) {
            var held = new HeldResponse(response, new AddedMarkup(ERRORS));
            page.doFilter(request, held);
            held.release();
        } else if (!request.getMethod().equals("POST")) {
            page.doFilter(request, response);
        } else if (request.getContentLengthLong() > MOST_BYTES) {
            new PlainErrors(response)
                    .sendError(
                            HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                            "more than " + MOST_BYTES / 1_000_000 + " MB at once are refused");
        } else if (request.getContentLengthLong() < 0 && isUpload(request)) {
            new PlainErrors(response).sendError(HttpServletResponse.SC_LENGTH_REQUIRED, "its length has to be told");
        } else {
            act(parameter(request, "action"), request, response, page);
        }
    }

    private static boolean isUpload(HttpServletRequest request) {
        return Optional.ofNullable(request.getContentType()).orElse("").startsWith("multipart/");
    }

    private void act(String action, HttpServletRequest request, HttpServletResponse response, FilterChain page)
            throws IOException, ServletException {
        if (action.equals("install")) {
            upload(request, response, page);
            return;
        }
        var path = Optional.ofNullable(request.getPathInfo()).orElseGet(request::getServletPath);
        var last = path.substring(path.lastIndexOf('/') + 1);
        var plugin = bundle(last.endsWith(".json") ? last.substring(0, last.length() - 5) : last)
                .flatMap(this::plugin);
        if (plugin.isPresent() && action.equals("uninstall")) {
            uninstall(plugin.get(), response);
        } else if (plugin.isPresent() && action.equals("update")) {
            // the content of its file is at work already; the page would stop it to find out
            answer(
                    response,
                    context.getBundle(plugin.get().bundleId().orElseThrow()).getState());
        } else {
            page.doFilter(request, response);
        }
    }

    private void uninstall(PluginStatus plugin, HttpServletResponse response) throws IOException {
        try {
            plugins.remove(plugin.file());
            answer(response, Bundle.UNINSTALLED);
        } catch (IOException e) {
            new PlainErrors(response)
                    .sendError(
                            HttpServletResponse.SC_INTERNAL_SERVER_ERROR,
                            plugin.file() + " can't be removed: " + e.getMessage());
        }
    }

    /** As the page's script expects it. */
    private static void answer(HttpServletResponse response, int state) throws IOException {
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().print("{\"fragment\":false,\"stateRaw\":" + state + "}");
    }

    private void upload(HttpServletRequest request, HttpServletResponse response, FilterChain page)
            throws IOException, ServletException {
        var id = parameter(request, "uploadid");
        var chosen = bundle(id).flatMap(this::plugin);
        var jars = new LinkedHashMap<Part, Outcome.Attempt>();
        var others = new ArrayList<Part>();
        boolean parallel = request.getParameter("parallelVersion") != null;
        for (var part : request.getParts()) {
            if (!part.getName().equals("bundlefile") || part.getSize() == 0) {
                continue;
            }
            var jar = id.isEmpty() ? UploadedJar.of(part).filter(placement::concerns) : Optional.<UploadedJar>empty();
            if (chosen.isPresent()) {
                jars.put(part, content -> plugins.update(chosen.get().file(), content));
            } else if (jar.isPresent()) {
                jars.put(part, content -> placement.take(jar.get(), content, parallel));
            } else {
                others.add(part);
            }
        }
        if (jars.isEmpty()) {
            page.doFilter(request, response);
            return;
        }
        if (!others.isEmpty()) {
            new OtherBundles(request, others).install(response, page);
        }
        var outcome = new Outcome();
        for (var jar : jars.entrySet()) {
            outcome.attempt(jar.getKey(), jar.getValue());
            jar.getKey().delete();
        }
        boolean browser =
                Optional.ofNullable(request.getHeader("Accept")).orElse("").contains("text/html");
        if (browser && others.isEmpty()) {
            show(outcome, request, response, page);
        } else {
            tell(outcome, response);
        }
    }

    private static void show(
            Outcome outcome, HttpServletRequest request, HttpServletResponse response, FilterChain page)
            throws IOException, ServletException {
        var told = TOLD.formatted(Encode.forHtml(outcome.text()), outcome.taken() ? TOLD_TAKEN : TOLD_REFUSED);
        var held = new HeldResponse(response, new AddedMarkup(ERRORS + told));
        var asGet = new HttpServletRequestWrapper(request) {
            @Override
            public String getMethod() {
                return "GET";
            }
        };
        page.doFilter(asGet, held);
        response.setStatus(status(outcome));
        held.release();
    }

    private static void tell(Outcome outcome, HttpServletResponse response) throws IOException {
        response.setStatus(status(outcome));
        response.setContentType("text/plain");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().println(outcome.text());
    }

    private static int status(Outcome outcome) {
        return outcome.taken() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_BAD_REQUEST;
    }

    /** By its number or, as the page allows, its symbolic name with or without {@code :VERSION}. */
    private Optional<Bundle> bundle(String named) {
        for (var bundle : context.getBundles()) {
            var name = bundle.getSymbolicName();
            if (named.equals(Long.toString(bundle.getBundleId()))
                    || named.equals(name)
                    || named.equals(name + ":" + bundle.getVersion())) {
                return Optional.of(bundle);
            }
        }
        return Optional.empty();
    }

    private Optional<PluginStatus> plugin(Bundle bundle) {
        return plugins.list().stream()
                .filter(plugin -> plugin.bundleId().stream().anyMatch(id -> id == bundle.getBundleId()))
                .findFirst();
    }

    private static String parameter(HttpServletRequest request, String name) {
        return Optional.ofNullable(request.getParameter(name)).orElse("");
    }
}
