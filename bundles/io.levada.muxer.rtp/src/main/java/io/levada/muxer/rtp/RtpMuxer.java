/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.muxer.rtp;

import static org.osgi.service.component.annotations.ConfigurationPolicy.IGNORE;
import static org.osgi.service.component.annotations.ServiceScope.PROTOTYPE;

import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.stage.Input;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import io.levada.api.stage.Work;
import io.levada.ffmpeg.FFmpegLog;
import io.levada.ffmpeg.MuxerTracks;
import io.levada.ffmpeg.RtcpSenderReports;
import io.levada.ffmpeg.RtpTimeline;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.ToDoubleFunction;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends its inputs by RTP to a host or a multicast group, whether somebody listens or not. It starts with the first packet,
 * when the formats of all tracks are known: then each gets its ports, in the order of {@code from}.
 */
@Component(service = Sink.class, scope = PROTOTYPE, configurationPolicy = IGNORE)
@StageType(value = "muxer.rtp", accepts = "packet", many = true, work = Work.BLOCKING)
@Designate(ocd = RtpMuxer.Config.class)
public final class RtpMuxer implements Sink<Packet> {

    @ObjectClassDefinition(
            name = "RTP muxer",
            description =
                    "Sends encoded video and audio by RTP or SRTP over UDP to a host or a multicast group, and writes a"
                            + " file of SDP for those who play it.")
    public @interface Config {

        @AttributeDefinition(
                description =
                        "Where it goes, such as rtp://192.0.2.7:5004. The first track takes this port, and the next"
                                + " for RTCP; the second track the two after them, and so on")
        String url();

        @AttributeDefinition(
                description =
                        "The file that describes the stream for players, relative to the node's home; with srtp it"
                                + " holds the key, and only its owner may read it. Empty for none")
        String sdp() default "";

        @AttributeDefinition(
                description = "The most bytes of a packet, RTP's header included",
                min = "200",
                max = "8000")
        int packet$_$size() default 1400;

        @AttributeDefinition(
                description = "How many routers a packet to a multicast group may pass",
                min = "0",
                max = "255")
        int ttl() default 1;

        @AttributeDefinition(
                description =
                        "The address of this machine to send from, which also chooses the network that a multicast"
                                + " group is sent to; empty for what the system thinks right")
        String local$_$address() default "";

        @AttributeDefinition(
                description =
                        "The port of this machine that the first track is sent from; the next one takes receivers'"
                                + " reports, further tracks have the two after them. 0 for any",
                min = "0",
                max = "65000")
        int local$_$port() default 0;

        @AttributeDefinition(
                description = "How packets are encrypted",
                options = {@Option("off"), @Option("aes-cm-128-hmac-sha1-80"), @Option("aes-cm-128-hmac-sha1-32")})
        String srtp() default "off";

        @AttributeDefinition(
                description = "The master key and salt of SRTP, 30 bytes in base 64, such as $[secret:NAME]",
                type = AttributeType.PASSWORD)
        String srtp$_$key() default "";
    }

    private static final Logger LOG = LoggerFactory.getLogger(RtpMuxer.class);

    private static final long REPORT_EVERY = 5_000_000_000L;
    private static final long LISTEN_EVERY = 200_000_000L;

    private final Counters counters = new Counters();
    private final RtpTimeline timeline = new RtpTimeline();
    private final RtcpSenderReports reports = new RtcpSenderReports();
    private final ByteBuffer report = ByteBuffer.allocateDirect(RtcpSenderReports.MOST_BYTES);

    /** By input; written by the stage's thread. */
    private final Map<Integer, RtpTrack> tracks = new ConcurrentSkipListMap<>();

    private StageContext context;
    private Config config;
    private FFmpegLog log;
    private Destination destination;
    private Optional<String> local = Optional.empty();
    private Optional<Encryption> encryption = Optional.empty();
    private Optional<RtpSession> session = Optional.empty();
    private boolean reported;
    private boolean looped;
    private long nextReport;
    private long nextListening;

    @Override
    public void open(StageContext context) throws StageException {
        this.context = context;
        log = FFmpegLog.of(context.id());
        log.expect("HMAC mismatch"); // anybody can send us what is not encrypted with our key
        config = context.config(Config.class);
        destination = Destination.parse(config.url());
        local = Destination.local(config.local$_$address());
        encryption = Encryption.of(config.srtp(), config.srtp$_$key());
        context.gauge("sent-packets", counters.sentPackets::sum);
        context.gauge("sent-bytes", counters.sentBytes::sum);
        context.gauge("dropped", counters.dropped::sum);
        context.gauge("collisions", counters.collisions::sum);
        context.gauge(
                "reports",
                () -> tracks.values().stream().mapToLong(RtpTrack::reports).sum());
        context.gauge("lost", () -> tracks.values().stream()
                .flatMap(track -> track.reception().stream())
                .mapToLong(reception -> Math.max(0, reception.lost()))
                .sum());
        context.gauge("jitter-us", () -> worst(RtpTrack::jitterMicros));
        context.gauge("round-trip-us", () -> worst(RtpTrack::roundTripMicros));
    }

    private long worst(ToDoubleFunction<RtpTrack> figure) {
        return (long) tracks.values().stream().mapToDouble(figure).max().orElse(0);
    }

    @Override
    public void format(Input input, Format format) throws StageException {
        var packets = MuxerTracks.packets(format);
        if (packets.kind() != MediaKind.VIDEO && packets.kind() != MediaKind.AUDIO) {
            context.warn(input.name() + " is left out: " + packets.codec() + " is neither video nor audio");
            return;
        }
        var track = tracks.get(input.index());
        if (track == null) {
            tracks.put(input.index(), new RtpTrack(packets, config.packet$_$size(), counters));
        } else {
            track.format(packets);
        }
        if (session.isPresent()) {
            session.get().start(inOrder());
        }
    }

    @Override
    public void process(Input input, Packet packet) throws StageException {
        var track = tracks.get(input.index());
        if (track == null) {
            return;
        }
        if (session.isEmpty()) {
            var begun = new RtpSession(context, config, destination, local, encryption, log);
            begun.start(inOrder());
            session = Optional.of(begun);
        }
        try {
            track.send(packet, timeline);
        } catch (StageException e) {
            if (e.kind() == StageException.Kind.RETRY) {
                throw e;
            }
            context.warn(input.name() + ": " + e.getMessage());
        }
        control(System.nanoTime());
    }

    /** As written in from, and pictures before sound: receivers count on ports that are the same after each change. */
    private List<RtpTrack> inOrder() {
        return context.inputs().stream()
                .filter(input -> tracks.containsKey(input.index()))
                .sorted(Comparator.comparingInt(Input::reference)
                        .thenComparing(
                                input -> tracks.get(input.index()).media().kind())
                        .thenComparing(Input::name))
                .map(input -> tracks.get(input.index()))
                .toList();
    }

    private void control(long now) throws StageException {
        if (!reported || now - nextReport >= 0) {
            reported = true;
            nextReport = now + REPORT_EVERY;
            report(false);
        }
        if (now - nextListening >= 0) {
            nextListening = now + LISTEN_EVERY;
            listen();
        }
    }

    /** About one instant for all tracks, by the clock of capture: so players bring picture and sound together. */
    private void report(boolean bye) throws StageException {
        long wall = RtcpSenderReports.wallTime();
        for (var track : tracks.values()) {
            track.report(reports, wall, wall - timeline.wallOffset(), bye, report);
        }
    }

    /** Where an SSRC is taken, it is changed, once: if that one is taken as well, it is our packets that come back (RFC 3550, 8.2). */
    private void listen() throws StageException {
        for (var track : tracks.values()) {
            if (!track.listen()) {
                continue;
            }
            if (!track.changed()) {
                long wall = RtcpSenderReports.wallTime();
                track.report(reports, wall, wall - timeline.wallOffset(), true, report);
                session.orElseThrow().changeSource(track);
                LOG.info(
                        "{}: somebody at {} had an SSRC of this stream, which has another one now",
                        context.id(),
                        destination);
            } else if (!looped) {
                looped = true;
                context.warn("packets come back from " + destination);
            }
        }
    }

    @Override
    public void close() {
        if (log == null) {
            return;
        }
        try {
            if (reported) {
                report(true);
            }
        } catch (StageException e) {
            LOG.debug("{}: no BYE: {}", context.id(), e.getMessage());
        } finally {
            tracks.values().forEach(RtpTrack::close);
            log.close();
        }
    }
}
