/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console.configuration;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.Optional;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The form of a pipeline. The page would show fields for the attributes of the Metatype only, but the keys of pipelines are
 * free: the field is the text of the file.
 */
final class PipelineForm {

    static final String FACTORY_PID = "io.levada.pipeline";
    static final String NAME = "name";
    static final String DEFINITION = "definition";

    private static final String TITLE = "Levada pipeline";
    private static final String DESCRIPTION =
            "A pipeline is a graph of stages. It is saved to etc/io.levada.pipeline-NAME.cfg and applied to the running"
                    + " pipeline by the smallest change; what is bad is refused.";
    private static final String NAME_LABEL = "Name";
    private static final String NAME_DESCRIPTION = "Lower-case letters, digits and dashes, such as lobby-2";
    private static final String DEFINITION_LABEL = "Definition";
    private static final String DEFINITION_DESCRIPTION =
            "The text of the file: lines stage.parameter = value, where stage.type says what a stage is and stage.from what it"
                    + " takes. Passwords are shown as *** and stay as they are where that is left; better is"
                    + " $[secret:NAME] with a file etc/secrets/NAME. The shell's levada:stages shows types and parameters.";

    private static final String EXAMPLE =
            """
            cam.type = source.media
            cam.url = media/car-detection.mp4
            cam.loop = true

            live.type = server.rtsp
            live.from = cam
            live.path = /lobby
            """;

    /** Metatype's own words for what is no list. */
    private static final int TEXT = 1;

    private PipelineForm() {}

    /** For the page's list, and for whoever else asks Metatype. */
    @ObjectClassDefinition(name = TITLE, description = DESCRIPTION)
    @interface Fields {

        @AttributeDefinition(name = NAME_LABEL, description = NAME_DESCRIPTION)
        String name();

        @AttributeDefinition(name = DEFINITION_LABEL, description = DEFINITION_DESCRIPTION)
        String definition();
    }

    /** The name of the pipeline of a configuration. */
    static Optional<String> pipeline(String pid) {
        return pid.startsWith(FACTORY_PID + "~")
                ? Optional.of(pid.substring(FACTORY_PID.length() + 1))
                : Optional.empty();
    }

    /** As the page's script takes it. */
    static void write(Writer out, String pid, Optional<String> text) throws IOException {
        try (var json = new JsonFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("pid", pid);
            json.writeStringField(
                    "title", text.isPresent() ? TITLE + " " + pipeline(pid).orElse("") : TITLE);
            json.writeStringField("description", DESCRIPTION);
            json.writeObjectFieldStart("properties");
            if (text.isEmpty()) {
                field(json, NAME, NAME_LABEL, NAME_DESCRIPTION, "");
            }
            field(json, DEFINITION, DEFINITION_LABEL, DEFINITION_DESCRIPTION, text.orElse(EXAMPLE));
            json.writeEndObject();
            json.writeStringField("factoryPid", FACTORY_PID);
            json.writeStringField("bundleLocation", "");
            json.writeStringField("bundle_location", "?"); // whatever bundle, as File Install has it
            json.writeStringField("service_location", "");
            json.writeEndObject();
        }
    }

    private static void field(JsonGenerator json, String key, String label, String description, String value)
            throws IOException {
        json.writeObjectFieldStart(key);
        json.writeStringField("name", label);
        json.writeBooleanField("optional", false);
        json.writeBooleanField("is_set", true);
        json.writeStringField("value", value);
        json.writeNumberField("type", TEXT);
        json.writeStringField("description", description);
        json.writeEndObject();
    }

    /** Browsers end lines their own way. */
    static String lines(String text) {
        return text.replace("\r\n", "\n").replace('\r', '\n');
    }
}
