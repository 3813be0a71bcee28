/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Node-wide parameters of stage types: the configuration under the type's own PID. */
final class NodeDefaults {

    private static final Logger LOG = LoggerFactory.getLogger(NodeDefaults.class);

    private final ConfigurationAdmin configurations;

    NodeDefaults(ConfigurationAdmin configurations) {
        this.configurations = configurations;
    }

    /** Parameters as text; empty when nothing is configured. */
    Map<String, String> of(String pid) {
        try {
            var found = configurations.listConfigurations("(service.pid=" + pid + ")");
            if (found == null) {
                return Map.of();
            }
            var defaults = new HashMap<String, String>();
            var properties = found[0].getProcessedProperties(null);
            for (var keys = properties.keys(); keys.hasMoreElements(); ) {
                var key = keys.nextElement();
                if (!key.startsWith("service.") && !key.startsWith("felix.")) {
                    defaults.put(key, String.valueOf(properties.get(key)));
                }
            }
            return defaults;
        } catch (IOException | InvalidSyntaxException e) {
            LOG.warn("Node-wide parameters of {} can't be read: {}", pid, e.getMessage());
            return Map.of();
        }
    }
}
