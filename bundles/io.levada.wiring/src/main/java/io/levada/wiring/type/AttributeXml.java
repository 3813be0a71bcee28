/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.type;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a bundle's Metatype resources say of an attribute and the Metatype service does not tell.
 *
 * @param range such as {@code 1..64}; empty when it is free
 * @param hasDefault whether there is a default, be it the empty text
 */
record AttributeXml(String range, boolean hasDefault) {

    private static final Logger LOG = LoggerFactory.getLogger(AttributeXml.class);

    /** By attribute id, for the object class of the given id. */
    static Map<String, AttributeXml> of(Bundle bundle, String objectClass) {
        var entries = bundle.findEntries("OSGI-INF/metatype", "*.xml", false);
        if (entries == null) {
            return Map.of();
        }
        var attributes = new HashMap<String, AttributeXml>();
        for (URL url : Collections.list(entries)) {
            try (InputStream xml = url.openStream()) {
                read(xml, objectClass, attributes);
            } catch (IOException | XMLStreamException e) {
                LOG.warn("{} has a Metatype resource that can't be read: {}", bundle.getSymbolicName(), e.getMessage());
            }
        }
        return attributes;
    }

    private static void read(InputStream xml, String objectClass, Map<String, AttributeXml> attributes)
            throws XMLStreamException {
        var factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        var reader = factory.createXMLStreamReader(xml);
        boolean within = false;
        while (reader.hasNext()) {
            if (reader.next() != XMLStreamConstants.START_ELEMENT) {
                continue;
            }
            if (reader.getLocalName().equals("OCD")) {
                within = objectClass.equals(reader.getAttributeValue(null, "id"));
            } else if (within && reader.getLocalName().equals("AD")) {
                attributes.put(
                        reader.getAttributeValue(null, "id"),
                        new AttributeXml(range(reader), reader.getAttributeValue(null, "default") != null));
            }
        }
    }

    private static String range(XMLStreamReader reader) {
        var min = reader.getAttributeValue(null, "min");
        var max = reader.getAttributeValue(null, "max");
        return min == null && max == null ? "" : (min == null ? "" : min) + ".." + (max == null ? "" : max);
    }
}
