/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.api.stage.Input;
import io.levada.api.stage.Quantity;
import io.levada.api.stage.Request;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import io.levada.server.rtsp.auth.Permission;
import io.levada.server.rtsp.stream.Join;
import io.levada.server.rtsp.stream.Mount;
import io.levada.server.rtsp.stream.MountSettings;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Serves its inputs as one stream under a path of the node's RTSP server. It never waits for a reader. */
@Component(service = Sink.class, scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(value = "server.rtsp", accepts = "packet", many = true, work = Work.LIGHT)
@Designate(ocd = RtspServerStage.Config.class)
public final class RtspServerStage implements Sink<Packet> {

    @ObjectClassDefinition(
            name = "RTSP stream",
            description =
                    "Serves encoded video and audio to RTSP players, over UDP and TCP. Where it listens is set for the"
                            + " whole node in io.levada.server.rtsp.")
    public @interface Config {

        @AttributeDefinition(description = "The stream's path in its URL, such as /lobby or /lobby/raw")
        String path();

        @AttributeDefinition(
                description = "What a new reader gets first. gop: all since the last keyframe, a picture at once;"
                        + " live: the next keyframe, the least delay",
                options = {@Option("gop"), @Option("live")})
        String join() default "gop";

        @AttributeDefinition(description = "A group of pictures that is larger is not kept for new readers")
        String gop$_$bytes() default "16 MB";

        @AttributeDefinition(description = "A group of pictures that is longer is not kept for new readers")
        String gop$_$time() default "15 s";

        @AttributeDefinition(
                description =
                        "A reader that is behind by more is skipped forward to the next keyframe. Readers share the"
                                + " bytes that wait for them")
        String queue$_$bytes() default "8 MB";

        @AttributeDefinition(description = "A reader that is behind by more is skipped forward to the next keyframe")
        String queue$_$time() default "3 s";

        @AttributeDefinition(description = "A reader that did not catch up for so long is thrown out")
        String evict$_$after() default "10 s";

        @AttributeDefinition(
                description =
                        "Who may read the stream: auto (everybody on this machine, from elsewhere the users of this node),"
                                + " anyone, users, nobody, or names of users with commas between them; empty for what is"
                                + " set for the whole node")
        String read() default "";
    }

    private final RtspServer server;
    private StageContext context;
    private Mount mount;

    @Activate
    public RtspServerStage(@Reference RtspServer server) {
        this.server = server;
    }

    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        var config = context.config(Config.class);
        mount = server.mount(StreamPath.of(config.path()), context.id(), settings(config), this::requestKeyframe);
        context.demand(mount::watched);
        var counters = mount.counters();
        context.gauge("readers", counters.readers::get);
        context.gauge("sent-bytes", counters.bytes::sum);
        context.gauge("sent-packets", counters.packets::sum);
        context.gauge("dropped-slow", counters.droppedSlow::sum);
        context.gauge("dropped-busy", counters.droppedLoop::sum);
        context.gauge("dropped-memory", counters.droppedMemory::sum);
        context.gauge("dropped-gops", counters.gopsGivenUp::sum);
        context.gauge("evicted", counters.evicted::sum);
    }

    @Override
    public boolean reconfigure(StageContext context) throws StageException {
        var config = context.config(Config.class);
        if (!StreamPath.of(config.path()).equals(mount.path())) {
            return false;
        }
        mount.settings(settings(config));
        return true;
    }

    private static Optional<Permission> readers(Config config) throws StageException {
        try {
            return config.read().isBlank() ? Optional.empty() : Optional.of(Permission.parse(config.read()));
        } catch (IllegalArgumentException e) {
            throw StageException.invalid(e.getMessage()).parameter("read");
        }
    }

    private static MountSettings settings(Config config) throws StageException {
        return new MountSettings(
                Join.valueOf(config.join().toUpperCase(Locale.ROOT)),
                quantity("gop-bytes", config.gop$_$bytes(), Quantity::bytes),
                quantity("gop-time", config.gop$_$time(), Quantity::nanos),
                quantity("queue-bytes", config.queue$_$bytes(), Quantity::bytes),
                quantity("queue-time", config.queue$_$time(), Quantity::nanos),
                quantity("evict-after", config.evict$_$after(), Quantity::nanos),
                readers(config));
    }

    private static long quantity(String parameter, String text, ToLongFunction<String> parser) throws StageException {
        try {
            return parser.applyAsLong(text);
        } catch (IllegalArgumentException e) {
            throw StageException.invalid(e.getMessage()).parameter(parameter);
        }
    }

    private void requestKeyframe() {
        for (var input : context.inputs()) {
            if (input.format().map(Format::kind).orElse(MediaKind.VIDEO) == MediaKind.VIDEO) {
                input.request(Request.keyframe());
            }
        }
    }

    @Override
    public void format(Input input, Format format) throws StageException {
        if (!(format instanceof PacketFormat packets)) {
            throw StageException.invalid(input.name() + " carries " + format + ", but RTSP serves encoded packets")
                    .remedy("put an encoder in between");
        }
        if (packets.kind() != MediaKind.VIDEO && packets.kind() != MediaKind.AUDIO) {
            context.warn(input.name() + " is left out: " + packets.codec() + " is neither video nor audio");
            return;
        }
        mount.format(input.index(), input.reference(), packets);
        if (context.inputs().stream().allMatch(each -> each.format().isPresent())) {
            mount.complete();
        }
    }

    @Override
    public void process(Input input, Packet packet) {
        if (!mount.has(input.index())) {
            return;
        }
        try {
            mount.packet(input.index(), packet);
        } catch (StageException e) {
            context.warn(input.name() + ": " + e.getMessage());
        }
    }

    @Override
    public void flush() {
        mount.flush();
    }

    @Override
    public void close() {
        if (mount != null) {
            server.unmount(mount);
        }
    }
}
