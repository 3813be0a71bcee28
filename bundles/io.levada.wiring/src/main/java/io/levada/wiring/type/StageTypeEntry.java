/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.pipeline.ParameterInfo;
import io.levada.api.pipeline.StageTypeInfo;
import io.levada.api.stage.Work;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.framework.Version;

/** A stage type as one bundle provides it. */
public final class StageTypeEntry implements StageTypeInfo {

    private final Map<String, Object> properties;
    private final String bundle;
    private final String name;
    private final String kind;
    private final String description;
    private final List<Parameter> parameters;
    private final List<Port> acceptedPorts;
    private final List<Port> joinedPorts;
    private final List<Port> emittedPorts;

    /**
     * @param properties of the service
     * @param bundle that provides it, with its version
     * @param kind {@code source}, {@code transform}, {@code analyzer} or {@code sink}
     * @throws IllegalArgumentException when a port of it can't be read
     */
    public StageTypeEntry(
            Map<String, Object> properties,
            String bundle,
            String kind,
            String description,
            List<Parameter> parameters) {
        this.properties = Map.copyOf(properties);
        this.bundle = bundle;
        this.name = (String) properties.get(StageTypes.TYPE);
        this.kind = kind;
        this.description = description;
        this.parameters = parameters;
        this.acceptedPorts = accepts().stream().map(Port::parse).toList();
        this.joinedPorts = joins().stream().map(Port::parse).toList();
        this.emittedPorts = emits().stream().map(Port::parse).toList();
    }

    /** The PID of its Metatype, which is its component name; node-wide parameters are configured under it. */
    public String pid() {
        return properties.get("component.name") instanceof String pid ? pid : name;
    }

    /** The version of the bundle that provides it. */
    public Version version() {
        try {
            return Version.parseVersion(bundle.substring(bundle.lastIndexOf(' ') + 1));
        } catch (IllegalArgumentException e) {
            return Version.emptyVersion; // it has gone already
        }
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
        return acceptedPorts;
    }

    @Override
    public List<String> joins() {
        return words("levada.joins");
    }

    /** What its joined inputs take. */
    public List<Port> joinedPorts() {
        return joinedPorts;
    }

    /** What it puts out, {@code same} not yet resolved. */
    public List<Port> emittedPorts() {
        return emittedPorts;
    }

    /** Whether it takes any number of tracks. */
    public boolean many() {
        return Boolean.TRUE.equals(properties.get("levada.many"));
    }

    /** Whether its inputs are alternatives to each other, each of one track. */
    public boolean alternatives() {
        return Boolean.TRUE.equals(properties.get("levada.alternatives"));
    }

    /** Whether it may put out much at once. */
    public boolean bursts() {
        return Boolean.TRUE.equals(properties.get("levada.bursts"));
    }

    /** What the input takes that belongs to an entry of {@code from}. */
    public List<Port> portsAt(int reference) {
        return reference == 0 || many() || alternatives() ? acceptedPorts() : joinedPorts();
    }

    /** Whether the input takes it as it is that belongs to an entry of {@code from}. */
    public boolean takes(int reference, Port port) {
        var ports = portsAt(reference);
        return ports.isEmpty() || ports.stream().anyMatch(port::meets);
    }

    /** Whether it works with memory of a device. */
    public boolean hardware() {
        return Stream.of(acceptedPorts, joinedPorts, emittedPorts)
                .flatMap(List::stream)
                .anyMatch(port -> !port.onHost());
    }

    /** The role it can fill, or empty. */
    public String role() {
        return properties.get("levada.role") instanceof String role ? role : "";
    }

    public Work work() {
        return properties.get("levada.work") instanceof String work
                ? Work.valueOf(work.toUpperCase(Locale.ROOT))
                : Work.HEAVY;
    }

    private List<String> words(String property) {
        var value = properties.get(property);
        if (value instanceof String[] words) {
            return Arrays.asList(words);
        }
        return value instanceof String word && !word.isEmpty() ? List.of(word) : List.of();
    }

    @Override
    public String bundle() {
        return bundle;
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
