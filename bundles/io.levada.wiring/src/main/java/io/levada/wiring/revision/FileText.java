/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.revision;

import io.levada.api.pipeline.Revision;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.utils.properties.Properties;

/** A revision as a pipeline file that File Install reads as the same definition. */
final class FileText {

    private FileText() {}

    static String of(String pipeline, Revision revision) {
        var properties = new Properties(false);
        properties.setHeader(header(pipeline, revision));
        var stage = "";
        for (var entry : revision.keys().entrySet()) {
            var key = entry.getKey();
            var name = key.substring(0, Math.max(0, key.indexOf('.')));
            var above = name.equals(stage) ? List.<String>of() : List.of("");
            properties.put(key, above, entry.getValue());
            stage = name;
        }
        var text = new StringWriter();
        try {
            properties.save(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static List<String> header(String pipeline, Revision revision) {
        var header = new ArrayList<String>();
        header.add("# " + pipeline + ", revision " + revision.number() + " of " + revision.time() + ", "
                + revision.origin().replaceAll("\\R", " "));
        if (revision instanceof KeptRevision kept) {
            var shown = kept.keys();
            kept.raw().forEach((key, value) -> {
                if (!value.equals(shown.get(key))) {
                    header.add(
                            "# " + key + " is not shown; put it into a file etc/secrets/NAME and write $[secret:NAME]");
                }
            });
        }
        return header;
    }
}
