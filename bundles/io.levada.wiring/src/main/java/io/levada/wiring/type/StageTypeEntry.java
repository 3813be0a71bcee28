/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.pipeline.ParameterInfo;
import io.levada.api.pipeline.StageTypeInfo;
import io.levada.api.stage.Stage;
import io.levada.api.stage.Work;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.osgi.framework.ServiceReference;

/** A stage type as one bundle provides it. */
public final class StageTypeEntry implements StageTypeInfo {

    private final ServiceReference<Stage> reference;
    private final String name;
    private final String kind;
    private final String description;
    private final List<Parameter> parameters;

    StageTypeEntry(ServiceReference<Stage> reference, String kind, String description, List<Parameter> parameters) {
        this.reference = reference;
        this.name = (String) reference.getProperty(StageTypes.TYPE);
        this.kind = kind;
        this.description = description;
        this.parameters = parameters;
    }

    /** The PID of its Metatype, which is its component name; node-wide parameters are configured under it. */
    public String pid() {
        return reference.getProperty("component.name") instanceof String pid ? pid : name;
    }

    public ServiceReference<Stage> reference() {
        return reference;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public List<String> accepts() {
        return words("levada.accepts");
    }

    @Override
    public List<String> emits() {
        return kind.equals("analyzer") ? List.of("event") : words("levada.emits");
    }

    /** Prefixes of parameters that are handed on unchecked. */
    public List<String> extras() {
        return words("levada.extras");
    }

    /** What its first inputs take. */
    public List<Port> acceptedPorts() {
        return accepts().stream().map(Port::parse).toList();
    }

    /** What its joined inputs take. */
    public List<Port> joinedPorts() {
        return words("levada.joins").stream().map(Port::parse).toList();
    }

    /** What it puts out, {@code same} not yet resolved. */
    public List<Port> emittedPorts() {
        return emits().stream().map(Port::parse).toList();
    }

    /** Whether it takes any number of tracks. */
    public boolean many() {
        return Boolean.TRUE.equals(reference.getProperty("levada.many"));
    }

    /** The role it can fill, or empty. */
    public String role() {
        return reference.getProperty("levada.role") instanceof String role ? role : "";
    }

    public Work work() {
        return reference.getProperty("levada.work") instanceof String work
                ? Work.valueOf(work.toUpperCase(Locale.ROOT))
                : Work.HEAVY;
    }

    private List<String> words(String property) {
        var value = reference.getProperty(property);
        if (value instanceof String[] words) {
            return Arrays.asList(words);
        }
        return value instanceof String word && !word.isEmpty() ? List.of(word) : List.of();
    }

    @Override
    public String bundle() {
        var bundle = reference.getBundle();
        return bundle == null ? "" : bundle.getSymbolicName() + " " + bundle.getVersion();
    }

    @Override
    public List<ParameterInfo> parameters() {
        return List.copyOf(parameters);
    }

    /** Its parameters with their checks. */
    public List<Parameter> checkedParameters() {
        return parameters;
    }
}
