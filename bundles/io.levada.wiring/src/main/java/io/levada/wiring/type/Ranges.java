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
import org.osgi.framework.Bundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ranges of a bundle's parameters; the Metatype service checks them but does not tell them. */
final class Ranges {

    private static final Logger LOG = LoggerFactory.getLogger(Ranges.class);

    private Ranges() {}

    /** Ranges such as {@code 1..64} by attribute id, for the object class of the given id. */
    static Map<String, String> of(Bundle bundle, String objectClass) {
        var entries = bundle.findEntries("OSGI-INF/metatype", "*.xml", false);
        if (entries == null) {
            return Map.of();
        }
        var ranges = new HashMap<String, String>();
        for (URL url : Collections.list(entries)) {
            try (InputStream xml = url.openStream()) {
                read(xml, objectClass, ranges);
            } catch (IOException | XMLStreamException e) {
                LOG.warn("{} has a Metatype resource that can't be read: {}", bundle.getSymbolicName(), e.getMessage());
            }
        }
        return ranges;
    }

    private static void read(InputStream xml, String objectClass, Map<String, String> ranges)
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
                String min = reader.getAttributeValue(null, "min");
                String max = reader.getAttributeValue(null, "max");
                if (min != null || max != null) {
                    ranges.put(
                            reader.getAttributeValue(null, "id"),
                            (min == null ? "" : min) + ".." + (max == null ? "" : max));
                }
            }
        }
    }
}
