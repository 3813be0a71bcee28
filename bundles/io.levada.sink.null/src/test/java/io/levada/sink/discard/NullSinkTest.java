/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.sink.discard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.levada.api.media.PixelFormat;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.TimeBase;
import io.levada.testkit.Accepts;
import io.levada.testkit.AudioFrames;
import io.levada.testkit.Packets;
import io.levada.testkit.StageHarness;
import io.levada.testkit.StageTck;
import org.junit.jupiter.api.Test;

class NullSinkTest {

    @Test
    void keepsTheStageContract() {
        StageTck.verify(
                NullSink::new,
                Accepts.video(PixelFormat.YUV420P).with(Accepts.audio(SampleFormat.FLTP)),
                Accepts.events(),
                Accepts.stream(Packets.video("h264", 64, 48), (round, index) -> Packets.of(TimeBase.RTP_VIDEO, 3600)
                        .epoch(round)
                        .at(3600L * (1000 * round + index))
                        .keyframe(new byte[10])));
    }

    @Test
    void countsWhatItThrowsAway() {
        try (var stage = StageHarness.with(new NullSink())
                .inputs("cam:video", "cam:audio")
                .open()) {
            stage.feed(0, Packets.video("h264", 64, 48));
            stage.feed(0, Packets.of(TimeBase.RTP_VIDEO, 3600).keyframe(new byte[100]));
            stage.feed(1, AudioFrames.stereo().sine(440, 1000));
            assertEquals(2, stage.gauge("samples"));
            assertEquals(100 + 2 * 4 * 1000, stage.gauge("bytes"));
        }
    }
}
