/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.api.media.End;
import io.levada.api.media.Format;
import io.levada.api.media.Packet;
import io.levada.api.media.PacketFormat;
import io.levada.testkit.StageHarness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A path that is published to: the source's stage at work on a thread of its own, as in a pipeline, and what it brings. */
final class PublishedPath implements AutoCloseable {

    /** A packet as those who take from the source see it. */
    record Unit(
            byte[] data,
            long pts,
            long dts,
            long running,
            int epoch,
            long captured,
            long captureTime,
            boolean key,
            boolean corrupt,
            boolean discontinuity) {

        private static Unit of(Packet packet) {
            var data = new byte[(int) packet.size()];
            packet.data().duplicate().get(data);
            var stamp = packet.stamp();
            return new Unit(
                    data,
                    packet.pts(),
                    packet.dts(),
                    stamp.runningTime(),
                    stamp.epoch(),
                    stamp.captured(),
                    stamp.captureTime(),
                    packet.keyframe(),
                    packet.corrupt(),
                    packet.discontinuity());
        }
    }

    private final Map<String, List<Unit>> units = new ConcurrentHashMap<>();
    private final Map<String, List<PacketFormat>> formats = new ConcurrentHashMap<>();
    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final CompletableFuture<StageHarness> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile StageHarness stage;
    private volatile Map<String, String> change = Map.of();
    private volatile boolean stopping;

    PublishedPath(RtspServer server, String... parameters) {
        var map = new HashMap<String, String>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put(parameters[i], parameters[i + 1]);
        }
        new Thread(() -> run(server, map), "published").start();
        stage = opened.join();
    }

    private void run(RtspServer server, Map<String, String> parameters) {
        try (var harness = StageHarness.with(new PublishSource(server))
                .named("test", "in")
                .parameters(parameters)
                .open()) {
            opened.complete(harness);
            while (!stopping && harness.produce()) {
                for (var name : List.of("video", "audio", "video2")) {
                    collect(name, harness);
                }
                harness.clear();
                if (!change.isEmpty()) {
                    harness.reconfigure(change);
                    change = Map.of();
                }
            }
            finished.complete(null);
        } catch (Throwable e) {
            opened.completeExceptionally(e);
            finished.completeExceptionally(e);
        }
    }

    private void collect(String name, StageHarness harness) {
        for (var item : harness.track(name).items()) {
            if (item instanceof Packet packet) {
                units(name).add(Unit.of(packet));
            } else if (item instanceof Format format) {
                formats(name).add((PacketFormat) format);
            } else if (item instanceof End) {
                ended.add(name);
            }
        }
    }

    /** What came so far; grows. */
    List<Unit> units(String track) {
        return units.computeIfAbsent(track, name -> new CopyOnWriteArrayList<>());
    }

    List<PacketFormat> formats(String track) {
        return formats.computeIfAbsent(track, name -> new CopyOnWriteArrayList<>());
    }

    /** The tracks that ended. */
    List<String> ended() {
        return ended;
    }

    /** What it says that it waits for. */
    String waiting() {
        return stage.waiting();
    }

    long gauge(String name) {
        return stage.gauge(name);
    }

    /** Gives it other parameters, and waits until it has taken them. */
    void reconfigure(String... parameters) {
        var map = new HashMap<String, String>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put(parameters[i], parameters[i + 1]);
        }
        change = map;
        TestServer.await("the change", java.time.Duration.ofSeconds(10), () -> change.isEmpty());
    }

    /** All that came of a track, one after the other. */
    static byte[] bytes(List<Unit> units) {
        var all = new java.io.ByteArrayOutputStream();
        new ArrayList<>(units).forEach(unit -> all.writeBytes(unit.data()));
        return all.toByteArray();
    }

    @Override
    public void close() {
        if (stopping) {
            return;
        }
        stopping = true;
        stage.interrupt();
        finished.join();
    }
}
