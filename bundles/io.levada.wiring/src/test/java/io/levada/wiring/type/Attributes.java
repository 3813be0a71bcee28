/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.felix.metatype.AD;
import org.apache.felix.metatype.MetaDataReader;
import org.apache.felix.metatype.OCD;
import org.osgi.service.metatype.AttributeDefinition;

/** Parameters from a Metatype resource, read and validated by Felix. */
final class Attributes {

    private Attributes() {}

    /** Those of an object class in {@code metatype.xml}. */
    static List<Parameter> of(String objectClass) {
        try (var xml = Attributes.class.getResourceAsStream("/metatype.xml")) {
            var definitions = (Map<?, ?>) new MetaDataReader().parse(xml).getObjectClassDefinitions();
            var parameters = new ArrayList<Parameter>();
            for (var one : ((OCD) definitions.get(objectClass))
                    .getAttributeDefinitions()
                    .values()) {
                var attribute = (AD) one;
                boolean required = attribute.isRequired() && attribute.getDefaultValue() == null;
                parameters.add(new Parameter(new Definition(attribute), required, range(attribute)));
            }
            parameters.sort(Comparator.comparing(Parameter::name));
            return parameters;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String range(AD attribute) {
        return attribute.getMin() == null ? "" : attribute.getMin() + ".." + attribute.getMax();
    }

    /** As the Metatype service gives it out. */
    private record Definition(AD attribute) implements AttributeDefinition {

        @Override
        public String getName() {
            return attribute.getName();
        }

        @Override
        public String getID() {
            return attribute.getID();
        }

        @Override
        public String getDescription() {
            return attribute.getDescription();
        }

        @Override
        public int getCardinality() {
            return attribute.getCardinality();
        }

        @Override
        public int getType() {
            return attribute.getType();
        }

        @Override
        public String[] getOptionValues() {
            return attribute.getOptionValues();
        }

        @Override
        public String[] getOptionLabels() {
            return attribute.getOptionLabels();
        }

        @Override
        public String validate(String value) {
            return attribute.validate(value);
        }

        @Override
        public String[] getDefaultValue() {
            return attribute.getDefaultValue();
        }
    }
}
