/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.wiring.definition.Text;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationPlugin;

/** Fills secrets in where a definition does not come from Config Admin, by the plugins by which Config Admin does it. */
final class Placeholders {

    private final BundleContext context;

    Placeholders(BundleContext context) {
        this.context = context;
    }

    /** What can't be filled in stays as it is, and the definition is then found to be invalid. */
    Map<String, String> filledIn(String pid, Map<String, String> keys) {
        var properties = new Hashtable<String, Object>(keys);
        properties.put("service.pid", pid);
        for (var reference : plugins()) {
            var plugin = context.getService(reference);
            if (plugin != null) {
                try {
                    plugin.modifyConfiguration(reference, properties);
                } finally {
                    context.ungetService(reference);
                }
            }
        }
        return Text.of(properties);
    }

    /** In the order in which Config Admin calls them. */
    private List<ServiceReference<ConfigurationPlugin>> plugins() {
        try {
            return context.getServiceReferences(ConfigurationPlugin.class, "(!(cm.target=*))").stream()
                    .sorted(Comparator.comparingInt(Placeholders::ranking))
                    .toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int ranking(ServiceReference<ConfigurationPlugin> plugin) {
        return plugin.getProperty(ConfigurationPlugin.CM_RANKING) instanceof Integer ranking ? ranking : 0;
    }
}
