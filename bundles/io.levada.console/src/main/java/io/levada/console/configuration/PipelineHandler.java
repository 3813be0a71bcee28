/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.configuration;

import io.levada.api.pipeline.Definitions;
import io.levada.api.pipeline.InvalidDefinitionException;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.Dictionary;
import org.apache.felix.webconsole.spi.ConfigurationHandler;
import org.apache.felix.webconsole.spi.ValidationException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** Refuses bad definitions of pipelines, and has good ones applied, when they are saved on the console's page. */
@Component(
        service = ConfigurationHandler.class,
        configurationPid = PipelineForm.FACTORY_PID,
        configurationPolicy = ConfigurationPolicy.IGNORE)
@Designate(ocd = PipelineForm.Fields.class, factory = true)
public final class PipelineHandler implements ConfigurationHandler {

    static final String ORIGIN = "console";

    /** Which file a configuration belongs to: nobody's to change. */
    private static final String FILE = "felix.fileinstall.filename";

    private final Definitions definitions;
    private final ConfigurationAdmin configurations;

    @Activate
    public PipelineHandler(@Reference Definitions definitions, @Reference ConfigurationAdmin configurations) {
        this.definitions = definitions;
        this.configurations = configurations;
    }

    @Override
    public void createConfiguration(String pid) throws ValidationException {
        if (PipelineForm.pipeline(pid).isPresent()) {
            throw new ValidationException("there is no " + pid + " any more; make it anew");
        }
    }

    /** The page would call it by a number; see {@link ConfigurationPage}. */
    @Override
    public void createFactoryConfiguration(String factoryPid, String name) throws ValidationException {
        if (factoryPid.equals(PipelineForm.FACTORY_PID)) {
            throw new ValidationException("there is no such pipeline any more; make it anew, with a name");
        }
    }

    /** What goes with it is WriteBack's, in the wiring. */
    @Override
    public void deleteConfiguration(String factoryPid, String pid) {}

    @Override
    public void updateConfiguration(String factoryPid, String pid, Dictionary<String, Object> properties)
            throws ValidationException, IOException {
        var pipeline = PipelineForm.pipeline(pid);
        if (pipeline.isEmpty()) {
            return;
        }
        if (!(properties.get(PipelineForm.DEFINITION) instanceof String text)) {
            throw new ValidationException("a pipeline is saved as the text of its file, the parameter definition");
        }
        apply(pipeline.get(), text);
        // the page goes on to save them, which then changes nothing
        Collections.list(properties.keys()).forEach(properties::remove);
        var applied = properties(pid);
        Collections.list(applied.keys()).forEach(key -> properties.put(key, applied.get(key)));
    }

    /** Returns when the pipeline has taken it. */
    void apply(String pipeline, String text) throws ValidationException, IOException {
        try {
            definitions.apply(pipeline, PipelineForm.lines(text), ORIGIN);
        } catch (InvalidDefinitionException e) {
            throw new ValidationException(e.getMessage());
        }
    }

    private Dictionary<String, Object> properties(String pid) throws IOException, ValidationException {
        try {
            var found = configurations.listConfigurations("(service.pid=" + pid + ")");
            if (found != null) {
                return found[0].getProperties();
            }
        } catch (InvalidSyntaxException e) {
            throw new ValidationException(e.getMessage());
        }
        throw new ValidationException(pid + " was removed just now");
    }

    /** What is taken out is kept as it is, and not shown. */
    @Override
    public void filterProperties(String factoryPid, String pid, Collection<String> names) {
        names.remove(FILE);
    }
}
