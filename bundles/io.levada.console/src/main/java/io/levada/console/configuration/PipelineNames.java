/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.configuration;

import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

/**
 * How pipelines are called on the page. It asks the properties of a service that has the configuration's PID, for the name of
 * one that it made itself would be in the configuration.
 */
final class PipelineNames {

    private static final String NAME_HINT = "webconsole.configurationFactory.nameHint";

    private final BundleContext context;
    private final Map<String, ServiceRegistration<PipelineNames>> names = new HashMap<>();

    PipelineNames(BundleContext context) {
        this.context = context;
    }

    /** Before the page is made: name and state of each pipeline as they are now. */
    synchronized void refresh(Pipelines pipelines) {
        var now = new HashMap<String, String>();
        pipelines.pipelines().forEach(status -> now.put(status.name(), hint(status)));
        names.entrySet().removeIf(known -> {
            boolean gone = !now.containsKey(known.getKey());
            if (gone) {
                known.getValue().unregister();
            }
            return gone;
        });
        now.forEach((name, hint) -> {
            var properties = FrameworkUtil.asDictionary(
                    Map.of(Constants.SERVICE_PID, PipelineForm.FACTORY_PID + "~" + name, NAME_HINT, hint));
            var registration = names.get(name);
            if (registration == null) {
                names.put(name, context.registerService(PipelineNames.class, this, properties));
            } else if (!hint.equals(registration.getReference().getProperty(NAME_HINT))) {
                registration.setProperties(properties);
            }
        });
    }

    private static String hint(PipelineStatus status) {
        return status.name() + " (" + status.state() + ")";
    }
}
