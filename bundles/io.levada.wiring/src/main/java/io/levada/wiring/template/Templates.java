/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.template;

import io.levada.api.stage.NearMiss;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.Text;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The templates that are configured, {@code io.levada.template~NAME}, as they are at the moment. Any thread. */
@Component(service = Templates.class)
public final class Templates {

    /** The factory PID of templates. */
    public static final String PID = "io.levada.template";

    /** The key of a pipeline that names its template. */
    public static final String KEY = "template";

    private final ConfigurationAdmin configurations;

    @Activate
    public Templates(@Reference ConfigurationAdmin configurations) {
        this.configurations = configurations;
    }

    /**
     * What a pipeline comes to that may name a template.
     *
     * @param own what its file says, secrets as placeholders or filled in; the template's are placeholders
     */
    public Expansion expand(String pipeline, Map<String, String> own) {
        var name = own.get(KEY);
        if (name == null) {
            return new Expansion(own, List.of());
        }
        var templates = all();
        var template = templates.get(name.strip());
        if (template == null) {
            return new Expansion(
                    Map.of(),
                    List.of(Finding.waiting(
                            KEY,
                            "waits for the template '" + name + "', the file " + file(name) + ", which is not there"
                                    + NearMiss.hint(name, templates.keySet())
                                    + (templates.isEmpty()
                                            ? ""
                                            : "; there are: " + String.join(", ", templates.keySet())))));
        }
        return Expansion.of(pipeline, own, file(name.strip()), template);
    }

    private static String file(String name) {
        return PID + "-" + name + ".cfg";
    }

    private Map<String, Map<String, String>> all() {
        var all = new TreeMap<String, Map<String, String>>();
        try {
            var found = configurations.listConfigurations("(service.factoryPid=" + PID + ")");
            for (var template : found == null ? new Configuration[0] : found) {
                var pid = template.getPid();
                all.put(pid.substring(pid.indexOf('~') + 1), Text.of(template.getProperties()));
            }
        } catch (IOException | InvalidSyntaxException e) {
            throw new IllegalStateException("the templates can't be read: " + e.getMessage(), e);
        }
        return all;
    }
}
