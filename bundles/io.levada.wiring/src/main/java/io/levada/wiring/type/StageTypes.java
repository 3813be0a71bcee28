/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import io.levada.api.stage.Analyzer;
import io.levada.api.stage.Sink;
import io.levada.api.stage.Source;
import io.levada.api.stage.Stage;
import io.levada.api.stage.Transform;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.service.metatype.AttributeDefinition;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.service.metatype.ObjectClassDefinition;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows the stage types that are there, and tells when one comes or goes. Thread-safe. */
public final class StageTypes implements StageCatalog, AutoCloseable {

    /** Service property with the type's name. */
    public static final String TYPE = "levada.stage.type";

    private static final Logger LOG = LoggerFactory.getLogger(StageTypes.class);

    /** Hears of types that come and go, on the thread of whoever registers them. */
    public interface Listener {

        void added(StageTypeEntry entry);

        /** Every instance of it must be given back before this returns. */
        void removed(StageTypeEntry entry);
    }

    private final BundleContext context;
    private final MetaTypeService metaTypes;
    private final Listener listener;
    private final Map<ServiceReference<Stage>, StageTypeEntry> entries = new ConcurrentHashMap<>();
    /** Kept until every instance was given back. */
    private final Map<StageTypeEntry, ServiceReference<Stage>> references = new ConcurrentHashMap<>();

    /** Of bundles whose place others take. */
    private final Set<StageTypeEntry> leaving = ConcurrentHashMap.newKeySet();

    private final ServiceTracker<Stage, StageTypeEntry> tracker;

    public StageTypes(BundleContext context, MetaTypeService metaTypes, Listener listener) {
        this.context = context;
        this.metaTypes = metaTypes;
        this.listener = listener;
        try {
            var filter = context.createFilter("(" + TYPE + "=*)");
            this.tracker = new ServiceTracker<>(context, filter, new Customizer());
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public void open() {
        tracker.open();
    }

    @Override
    public void close() {
        tracker.close();
    }

    @Override
    public List<StageTypeEntry> providers(String typeOrRole) {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().name().equals(typeOrRole)
                        || entry.getValue().role().equals(typeOrRole))
                .sorted(Comparator.<Map.Entry<ServiceReference<Stage>, StageTypeEntry>, Boolean>comparing(
                                entry -> leaving.contains(entry.getValue()))
                        .thenComparing(entry -> ranking(entry.getKey()), Comparator.reverseOrder())
                        .thenComparing(entry -> entry.getValue().version(), Comparator.reverseOrder())
                        .thenComparing(Map.Entry.<ServiceReference<Stage>, StageTypeEntry>comparingByKey()
                                .reversed()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static int ranking(ServiceReference<Stage> reference) {
        return reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer ranking ? ranking : 0;
    }

    @Override
    public boolean isRole(String name) {
        return entries.values().stream().anyMatch(entry -> entry.role().equals(name));
    }

    /** What a bundle provides. */
    public List<StageTypeEntry> of(Bundle bundle) {
        return entries.entrySet().stream()
                .filter(entry -> bundle.equals(entry.getKey().getBundle()))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Whether others of the same type go before these, as their bundle is about to be uninstalled. */
    public void leaving(Collection<StageTypeEntry> some, boolean leave) {
        if (leave) {
            leaving.addAll(some);
        } else {
            leaving.removeAll(some);
        }
    }

    /** All entries by name. */
    public List<StageTypeEntry> all() {
        return entries.values().stream()
                .sorted(Comparator.comparing(StageTypeEntry::name))
                .toList();
    }

    @Override
    public Set<String> names() {
        var names = new TreeSet<String>();
        for (var entry : entries.values()) {
            names.add(entry.name());
            if (!entry.role().isEmpty()) {
                names.add(entry.role());
            }
        }
        return names;
    }

    @Override
    public Stage take(StageTypeEntry entry) {
        var objects = serviceObjects(entry);
        var stage = objects == null ? null : objects.getService();
        if (stage == null) {
            throw new IllegalStateException(entry.bundle() + " did not give an instance of " + entry.name()
                    + " (its constructor or activation failed; the log says how)");
        }
        return stage;
    }

    @Override
    public void giveBack(StageTypeEntry entry, Stage stage) {
        var objects = serviceObjects(entry);
        if (objects != null) {
            try {
                objects.ungetService(stage);
            } catch (IllegalArgumentException | IllegalStateException e) {
                LOG.debug("{} was gone before its stage was given back", entry.name(), e);
            }
        }
    }

    /** Null when the service has gone. */
    private ServiceObjects<Stage> serviceObjects(StageTypeEntry entry) {
        var reference = references.get(entry);
        return reference == null ? null : context.getServiceObjects(reference);
    }

    private final class Customizer implements ServiceTrackerCustomizer<Stage, StageTypeEntry> {

        @Override
        public StageTypeEntry addingService(ServiceReference<Stage> reference) {
            var entry = entry(reference);
            if (entry != null) {
                references.put(entry, reference);
                entries.put(reference, entry);
                listener.added(entry);
            }
            return entry;
        }

        @Override
        public void modifiedService(ServiceReference<Stage> reference, StageTypeEntry entry) {}

        @Override
        public void removedService(ServiceReference<Stage> reference, StageTypeEntry entry) {
            entries.remove(reference);
            leaving.remove(entry);
            listener.removed(entry);
            references.remove(entry);
        }
    }

    private StageTypeEntry entry(ServiceReference<Stage> reference) {
        var classes = Arrays.asList((String[]) reference.getProperty("objectClass"));
        String kind = kind(classes);
        if (kind.isEmpty()) {
            LOG.warn(
                    "{} provides {} as {}, which is no kind of stage",
                    reference.getBundle(),
                    reference.getProperty(TYPE),
                    classes);
            return null;
        }
        var definition = definition(reference);
        var bundle = reference.getBundle();
        try {
            return new StageTypeEntry(
                    properties(reference),
                    bundle == null ? "" : bundle.getSymbolicName() + " " + bundle.getVersion(),
                    kind,
                    definition == null || definition.getDescription() == null ? "" : definition.getDescription(),
                    definition == null ? List.of() : parameters(reference, definition));
        } catch (IllegalArgumentException e) {
            LOG.warn("{} provides {}, which can't be used: {}", bundle, reference.getProperty(TYPE), e.getMessage());
            return null;
        }
    }

    private static Map<String, Object> properties(ServiceReference<Stage> reference) {
        var properties = new TreeMap<String, Object>();
        for (var key : reference.getPropertyKeys()) {
            properties.put(key, reference.getProperty(key));
        }
        return properties;
    }

    private static String kind(Collection<String> classes) {
        if (classes.contains(Source.class.getName())) {
            return "source";
        }
        if (classes.contains(Transform.class.getName())) {
            return "transform";
        }
        if (classes.contains(Analyzer.class.getName())) {
            return "analyzer";
        }
        return classes.contains(Sink.class.getName()) ? "sink" : "";
    }

    private ObjectClassDefinition definition(ServiceReference<Stage> reference) {
        var information = metaTypes.getMetaTypeInformation(reference.getBundle());
        var pid = (String) reference.getProperty("component.name");
        if (information == null
                || pid == null
                || !Arrays.asList(information.getPids()).contains(pid)) {
            return null;
        }
        return information.getObjectClassDefinition(pid, null);
    }

    private static List<Parameter> parameters(ServiceReference<Stage> reference, ObjectClassDefinition definition) {
        var xml = AttributeXml.of(reference.getBundle(), definition.getID());
        var parameters = new TreeMap<String, Parameter>();
        add(parameters, definition, ObjectClassDefinition.OPTIONAL, xml);
        add(parameters, definition, ObjectClassDefinition.REQUIRED, xml);
        return Collections.unmodifiableList(new ArrayList<>(parameters.values()));
    }

    private static void add(
            Map<String, Parameter> parameters,
            ObjectClassDefinition definition,
            int filter,
            Map<String, AttributeXml> xml) {
        AttributeDefinition[] attributes = definition.getAttributeDefinitions(filter);
        for (var attribute : attributes == null ? new AttributeDefinition[0] : attributes) {
            var more = xml.getOrDefault(attribute.getID(), new AttributeXml("", false));
            boolean required = filter == ObjectClassDefinition.REQUIRED && !more.hasDefault();
            parameters.put(attribute.getID(), new Parameter(attribute, required, more.range()));
        }
    }
}
