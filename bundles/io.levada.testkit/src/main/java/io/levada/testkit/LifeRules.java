/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import io.levada.api.media.AudioFormat;
import io.levada.api.media.ChunkFormat;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Format;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Memory;
import io.levada.api.media.PacketFormat;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.Sample;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.SampleType;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.TimeBase;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.StageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The rules on how a stage with inputs begins and ends, and what it holds meanwhile. */
final class LifeRules {

    private static final List<Format> STRANGE = List.of(
            AudioFormat.of(8000, 1, SampleFormat.U8).build(),
            VideoFormat.of(64, 48, PixelFormat.of("nosuchpixels")).build(),
            VideoFormat.of(64, 48, PixelFormat.NV12).memory(Memory.Kind.CUDA).build(),
            PacketFormat.of(MediaKind.VIDEO, "nosuchcodec").width(64).height(48).build(),
            PacketFormat.of(MediaKind.AUDIO, "nosuchcodec")
                    .sampleRate(8000)
                    .channels(1)
                    .build(),
            new ChunkFormat("nosuchcontainer", "application/octet-stream", TimeBase.MILLIS),
            new TensorFormat(TensorFormat.DType.F32, List.of("n"), List.of(4L), Memory.Kind.HOST, 0, TimeBase.MILLIS),
            new EventFormat(TimeBase.MILLIS));

    static final List<Rule> ALL = List.of(
            new Rule("format only", "close may follow a format without a sample", LifeRules::formatOnly),
            new Rule("close while busy", "close gives back what is still held of samples", LifeRules::closeWhileBusy),
            new Rule("quiet after close", "an output is used only during a call", LifeRules::quietAfterClose),
            new Rule("read-only", "the content of a sample is read-only, also later", LifeRules::readOnly),
            new Rule("lent", "a sample is lent for the call; who keeps it retains it", LifeRules::lent),
            new Rule(
                    "wrong format", "a StageException tells the user what a stage can't take", LifeRules::wrongFormat));

    private LifeRules() {}

    private static void formatOnly(Trial trial) throws Exception {
        trial.formatted().close();
        try (var harness = trial.formatted()) {
            trial.gaps(harness, 0);
            harness.drain();
            harness.flush(1);
            harness.drain();
        }
        try (var harness = trial.open()) {
            harness.flush(1);
            harness.drain();
        }
    }

    private static void closeWhileBusy(Trial trial) throws Exception {
        for (int samples = 1; samples <= trial.scenario().samples(); samples++) {
            try (var harness = trial.formatted()) {
                trial.round(harness, 0, false, samples);
            }
        }
    }

    private static void quietAfterClose(Trial trial) throws Exception {
        var harness = trial.formatted();
        trial.round(harness, 0);
        harness.close();
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        harness.throwBroken();
    }

    private static void readOnly(Trial trial) throws Exception {
        List<Keepsake> keepsakes = new ArrayList<>();
        results(trial, sample -> keepsakes.add(Keepsake.of(sample)));
        var changed = keepsakes.stream().filter(Keepsake::changed).findFirst();
        keepsakes.forEach(keepsake -> keepsake.sample().release());
        if (changed.isPresent()) {
            throw new ContractBroken("the stage wrote into " + changed.get().sample());
        }
    }

    /** Memory is poisoned after its last release; nobody who keeps to the contract can tell. */
    private static void lent(Trial trial) throws Exception {
        List<Keepsake> keepsakes = new ArrayList<>();
        var kept = results(trial, sample -> keepsakes.add(Keepsake.of(sample)));
        keepsakes.forEach(keepsake -> keepsake.sample().release());
        var released = results(trial, sample -> {});
        if (!kept.equals(released)) {
            throw new ContractBroken("the stage reads samples after their release: what it finds differs, " + released
                    + " instead of " + kept);
        }
    }

    /** What the stage makes of two rounds; packets and chunks may hold random identifiers and are left out. */
    private static List<String> results(Trial trial, Consumer<Sample> witness) throws Exception {
        try (var harness = trial.open()) {
            for (int round = 0; round < 2; round++) {
                trial.round(harness, round, witness);
            }
            harness.drain();
            return harness.samples().list().stream()
                    .filter(sample -> sample.type() != SampleType.PACKET && sample.type() != SampleType.CHUNK)
                    .map(sample -> sample + " " + Long.toHexString(Fingerprint.of(sample)))
                    .toList();
        }
    }

    private static void wrongFormat(Trial trial) {
        for (int input = 0; input < trial.scenario().inputs().size(); input++) {
            for (var format : STRANGE) {
                try (var harness = trial.open()) {
                    refusesCleanly(harness, input, format);
                }
            }
        }
    }

    private static void refusesCleanly(StageHarness harness, int input, Format format) {
        try {
            harness.feed(input, format);
        } catch (Throwable e) {
            if (!(e instanceof StageException)) {
                throw new ContractBroken("refused " + format + " with " + e, e);
            }
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new ContractBroken("refused " + format + " without saying why", e);
            }
        }
    }
}
