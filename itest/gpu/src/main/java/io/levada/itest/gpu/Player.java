/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.Event;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.Tensor;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Stage;
import io.levada.ffmpeg.test.MediaFile;
import io.levada.gpu.GpuDownload;
import io.levada.testkit.StageHarness;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Sends a clip through stages, one after the other, on the calling thread, and takes a copy of what comes out. */
final class Player {

    private Player() {}

    /** A picture's planes without padding. */
    record Picture(VideoFrame frame, byte[][] planes) {}

    /** A tensor's bytes. */
    record Elements(Tensor tensor, ByteBuffer bytes) {}

    /** One more stage, its parameters, and events that are on its second input from the beginning. */
    record Step(Stage stage, Map<String, String> parameters, List<Event> events) {

        Step(Stage stage, Map<String, String> parameters) {
            this(stage, parameters, List.of());
        }

        static Step of(Stage stage, String... keysAndValues) {
            var parameters = new java.util.TreeMap<String, String>();
            for (int i = 0; i < keysAndValues.length; i += 2) {
                parameters.put(keysAndValues[i], keysAndValues[i + 1]);
            }
            return new Step(stage, parameters);
        }

        Step with(Event... events) {
            return new Step(stage, parameters, List.of(events));
        }

        private StageHarness open() {
            var harness = StageHarness.with(stage).parameters(parameters);
            if (events.isEmpty()) {
                return harness.open();
            }
            var opened = harness.inputs("pictures:video", "found:data").open();
            events.forEach(event -> opened.feed(1, event));
            return opened;
        }
    }

    static List<Picture> pictures(Path clip, int most, Step... steps) {
        var pictures = new ArrayList<Picture>();
        play(clip, most, sample -> pictures.add(picture((VideoFrame) sample)), steps);
        return some(pictures);
    }

    static List<Elements> tensors(Path clip, int most, Step... steps) {
        var tensors = new ArrayList<Elements>();
        play(clip, most, sample -> tensors.add(elements((Tensor) sample)), steps);
        return some(tensors);
    }

    /** Nothing can't be compared with anything. */
    private static <T> List<T> some(List<T> samples) {
        if (samples.isEmpty()) {
            throw new AssertionError("nothing came out");
        }
        return samples;
    }

    private static Picture picture(VideoFrame frame) {
        var pixels = frame.format().pixelFormat();
        byte[][] planes = new byte[pixels.planes()][];
        for (int plane = 0; plane < planes.length; plane++) {
            int bytes = pixels.rowBytes(plane, frame.width());
            int rows = pixels.rows(plane, frame.height());
            planes[plane] = new byte[bytes * rows];
            for (int row = 0; row < rows; row++) {
                frame.plane(plane).get(row * frame.stride(plane), planes[plane], row * bytes, bytes);
            }
        }
        return new Picture(frame, planes);
    }

    private static Elements elements(Tensor tensor) {
        var plane = tensor.memory().plane(0).duplicate().rewind();
        var copy = ByteBuffer.allocate(plane.remaining()).order(ByteOrder.nativeOrder());
        copy.put(plane).flip();
        return new Elements(tensor, copy);
    }

    /**
     * Packets of the first video track, at most so many.
     *
     * @return how many there were
     */
    static int play(Path clip, int most, java.util.function.Consumer<Sample> taker, Step... steps) {
        var harnesses = new ArrayList<StageHarness>();
        var before = Set.copyOf(LeakDetector.live());
        int played = 0;
        try (var file = MediaFile.open(clip)) {
            for (var step : steps) {
                harnesses.add(step.open());
            }
            int track = file.first(MediaKind.VIDEO);
            harnesses.get(0).feed(file.formats().get(track));
            var packet = file.next(track);
            for (; played < most && packet != null; played++, packet = file.next(track)) {
                harnesses.get(0).feed(packet);
                pass(harnesses, 0, taker);
            }
            if (packet != null) {
                packet.release();
            }
            for (int i = 0; i < harnesses.size(); i++) {
                harnesses.get(i).drain();
                pass(harnesses, i, taker);
            }
        } finally {
            harnesses.forEach(Player::awaitDevice); // closing a harness asks for every sample at once
            harnesses.forEach(StageHarness::close);
        }
        for (int i = 0; i < 200 && !before.containsAll(LeakDetector.live()); i++) {
            LockSupport.parkNanos(10_000_000); // CUDA's thread releases what has ended
        }
        if (!before.containsAll(LeakDetector.live())) {
            throw new AssertionError("left behind: " + LeakDetector.live());
        }
        return played;
    }

    /** CUDA's thread has released what the stage's work held. */
    private static void awaitDevice(StageHarness stage) {
        for (int i = 0; i < 200 && pending(stage) > 0; i++) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static long pending(StageHarness stage) {
        try {
            return stage.gauge("pending");
        } catch (AssertionError e) {
            return 0; // it shows none
        }
    }

    private static void pass(List<StageHarness> harnesses, int from, java.util.function.Consumer<Sample> taker) {
        var stage = harnesses.get(from);
        stage.wakeIfAsked();
        if (from + 1 < harnesses.size()) {
            awaitDevice(stage); // the next harness counts references
        }
        var samples = List.copyOf(stage.samples().list());
        if (!samples.isEmpty() && samples.get(0) instanceof Packet && from + 1 < harnesses.size()) {
            stage.formats().forEach(harnesses.get(from + 1)::feed); // a harness knows frames' formats by itself
        }
        for (var sample : samples) {
            if (from + 1 < harnesses.size()) {
                sample.retain();
                harnesses.get(from + 1).feed(sample);
            } else {
                taker.accept(sample);
            }
        }
        stage.clear();
        if (!samples.isEmpty() && from + 1 < harnesses.size()) {
            pass(harnesses, from + 1, taker);
        }
    }

    static Step download() {
        return Step.of(new GpuDownload());
    }
}
