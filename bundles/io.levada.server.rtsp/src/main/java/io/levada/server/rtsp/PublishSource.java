/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.stage.Outputs;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.Request;
import io.levada.api.stage.Source;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.server.rtsp.auth.Permission;
import io.levada.server.rtsp.publish.OnSecond;
import io.levada.server.rtsp.publish.Publication;
import io.levada.server.rtsp.publish.PublishedStreams;
import java.util.Locale;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Takes what a camera or a program publishes to a path of the node's RTSP server. Packets are the publisher's, bit for bit; it
 * can't be asked for keyframes, as RTSP has no word for that.
 */
@Component(service = Source.class, scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(
        value = "source.publish",
        emits = {"packet:video", "packet:audio"},
        work = Work.BLOCKING)
@Designate(ocd = PublishSource.Config.class)
public final class PublishSource implements Source {

    @ObjectClassDefinition(
            name = "Published stream",
            description = "Takes what a camera, ffmpeg or GStreamer publishes to a path of the node's RTSP server"
                    + " (ANNOUNCE and RECORD), over UDP and TCP. Where it listens is set for the whole node in"
                    + " io.levada.server.rtsp.")
    public @interface Config {

        @AttributeDefinition(
                description = "The path that is published to, such as /cam. A server.rtsp stage may serve the same one")
        String path();

        @AttributeDefinition(
                description = "Who may publish: auto (programs on this machine, from elsewhere the users of this node),"
                        + " anyone, users, nobody, or names of users with commas between them")
        String publish() default "auto";

        @AttributeDefinition(
                description = "What becomes of a publisher that comes while there is one. refuse: it has to go;"
                        + " replace: the one before has to go",
                options = {@Option("refuse"), @Option("replace")})
        String on$_$second() default "refuse";

        @AttributeDefinition(description = "How long a publisher may send nothing")
        String read$_$timeout() default "10 s";

        @AttributeDefinition(
                description = "Whose clock tells when something was captured: node, when it came;"
                        + " camera, what the publisher's reports say of it",
                options = {@Option("node"), @Option("camera")})
        String clock() default "node";
    }

    private final RtspServer server;
    private Publication publication;
    private PublishedStreams streams;
    private FFmpegLog log;

    @Activate
    public PublishSource(@Reference RtspServer server) {
        this.server = server;
    }

    @Override
    public void open(StageContext context) throws StageException {
        var config = context.config(Config.class);
        log = FFmpegLog.of(context.id());
        publication = server.publication(StreamPath.of(config.path()), context.id(), settings(config));
        streams = new PublishedStreams(publication, context, config.clock().equals("camera"));
        context.gauge("publishers", () -> publication.current().isPresent() ? 1 : 0);
        context.gauge("received-packets", streams::packets);
        context.gauge("received-bytes", streams::bytes);
        context.gauge("lost-packets", streams::lost);
        context.gauge("late-packets", streams::late);
        context.gauge("dropped-busy", streams::overrun);
    }

    private static Publication.Settings settings(Config config) throws StageException {
        return new Publication.Settings(
                publishers(config), OnSecond.valueOf(config.on$_$second().toUpperCase(Locale.ROOT)), timeout(config));
    }

    private static Permission publishers(Config config) throws StageException {
        try {
            return Permission.parse(config.publish());
        } catch (IllegalArgumentException e) {
            throw StageException.invalid(e.getMessage()).parameter("publish");
        }
    }

    private static long timeout(Config config) throws StageException {
        try {
            long nanos = Quantity.nanos(config.read$_$timeout());
            if (nanos > 0) {
                return nanos;
            }
        } catch (IllegalArgumentException e) {
            throw StageException.invalid(e.getMessage()).parameter("read-timeout");
        }
        throw StageException.invalid("a time-out of 0 would never let anything come")
                .parameter("read-timeout");
    }

    /** Its publisher stays, unless the path is another one. */
    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        var config = context.config(Config.class);
        if (!StreamPath.of(config.path()).equals(publication.path())) {
            return false;
        }
        publication.settings(settings(config));
        streams.senderClock(config.clock().equals("camera"));
        return true;
    }

    @Override
    public boolean produce(Outputs outputs) throws StageException {
        return streams.step(outputs);
    }

    /** RTSP can't ask a publisher for a keyframe; nobody further up can, either. */
    @Override
    public boolean request(Request request) {
        return true;
    }

    @Override
    public void interrupt() {
        publication.interrupt();
    }

    @Override
    public void close() {
        if (publication != null) {
            server.unpublish(publication);
        }
        if (streams != null) {
            streams.close();
        }
        if (log != null) {
            log.close();
        }
    }
}
