/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.sink.events;

import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Format;
import io.levada.api.stage.Input;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.ZoneId;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Writes every event as one line of JSON. A line is handed to the operating system whole and at once, so that a reader of
 * the file sees it, and a node that dies has lost none.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "sink.events", accepts = "event", many = true, work = Work.BLOCKING)
@Designate(ocd = EventsSink.Config.class)
public final class EventsSink implements Sink<Event> {

    /** Its parameters. */
    @ObjectClassDefinition(
            name = "Event sink",
            description = "Writes events as lines of JSON to a file, rotated by size, or to the log")
    public @interface Config {

        @AttributeDefinition(
                name = "Path",
                description = "File that events are appended to, its folder is made when missing; the log when empty",
                required = false)
        String path() default "";

        @AttributeDefinition(name = "Largest size", description = "Size at which a new file is begun, such as 10 MB")
        String max$_$size() default "10 MB";

        @AttributeDefinition(
                name = "Files kept",
                description = "How many full files are kept, as NAME.1 (the newest) to NAME.N; older ones are deleted",
                min = "0",
                max = "1000")
        int max$_$files() default 5;

        @AttributeDefinition(
                name = "Time zone",
                description = "Zone of the time field: UTC, an offset such as +01:00, or a name such as Europe/Lisbon")
        String zone() default "UTC";
    }

    /** The least size of a file, so that a slip of the unit does not make a file of every event. */
    private static final long SMALLEST = 1024;

    private String stage = "";
    private JsonLine json;
    private Journal journal;
    private volatile long written;

    @Override
    public void open(StageContext context) throws StageException {
        stage = context.id();
        configure(context);
        context.gauge("events", () -> written);
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        configure(context);
        return true;
    }

    /** All of it is taken, or nothing is changed. */
    private void configure(StageContext context) throws StageException {
        var config = context.config(Config.class);
        var line = new JsonLine(zone(config.zone()));
        var next = config.path().isBlank()
                ? new LogJournal(stage)
                : new FileJournal(
                        context.resolve(config.path().strip()), size(config.max$_$size()), config.max$_$files());
        close();
        json = line;
        journal = next;
    }

    private static ZoneId zone(String zone) throws StageException {
        try {
            return ZoneId.of(zone.strip());
        } catch (DateTimeException e) {
            throw StageException.invalid("'" + zone + "' is no time zone")
                    .parameter("zone")
                    .remedy("write UTC, an offset such as +01:00 or a name such as Europe/Lisbon")
                    .because(e);
        }
    }

    private static long size(String size) throws StageException {
        long bytes = Quantity.bytes("max-size", size);
        if (bytes < SMALLEST) {
            throw StageException.invalid("max-size = " + size + " is less than " + SMALLEST + " bytes")
                    .parameter("max-size")
                    .remedy("write a size such as 10 MB");
        }
        return bytes;
    }

    @Override
    public void format(Input input, Format format) throws StageException {
        if (!(format instanceof EventFormat)) {
            throw StageException.invalid("sink.events takes events, not " + format + " of " + input.name())
                    .parameter("from")
                    .remedy("let it come from an analyzer");
        }
    }

    @Override
    public void process(Input input, Event event) throws StageException, IOException {
        journal.append(json.of(event));
        written++; // this thread alone writes it
    }

    @Override
    public void drain() throws StageException {
        journal.force();
    }

    @Override
    public void close() throws StageException {
        if (journal != null) {
            journal.close();
            journal = null;
        }
    }
}
