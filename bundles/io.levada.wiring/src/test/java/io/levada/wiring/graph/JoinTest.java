/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.End;
import io.levada.api.media.Event;
import io.levada.api.media.EventFormat;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.Packet;
import io.levada.api.media.Sample;
import io.levada.api.media.StreamItem;
import io.levada.api.media.TimeBase;
import io.levada.api.stage.Request;
import io.levada.testkit.Packets;
import io.levada.testkit.Stamps;
import io.levada.wiring.link.Limits;
import io.levada.wiring.link.Link;
import io.levada.wiring.link.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Joins over real links; times are milliseconds of running time. */
class JoinTest {

    private static final long SECONDS = 1_000_000_000L;

    private final List<InputPort> ports = new ArrayList<>();
    private final List<Producer> producers = new ArrayList<>();
    private Join join;

    /** Who puts items into a port. */
    private static final class Producer implements Upstream {

        final boolean live;
        boolean running = true;
        Link link;

        Producer(boolean live) {
            this.live = live;
        }

        Producer put(StreamItem... items) {
            for (var item : items) {
                link.offer(item);
            }
            return this;
        }

        @Override
        public boolean live() {
            return live;
        }

        @Override
        public boolean running() {
            return running;
        }

        @Override
        public void request(Request request) {}
    }

    @BeforeEach
    void forgetOtherTests() {
        LeakDetector.reset();
    }

    @AfterEach
    void everythingIsReleased() {
        ports.forEach(InputPort::discard);
        assertEquals(List.of(), LeakDetector.live());
    }

    private Producer input(boolean live, Limits limits) {
        var producer = new Producer(live);
        int index = ports.size();
        producer.link = new Link("input" + index, "p/join", limits, true, () -> {}, () -> {});
        ports.add(new InputPort(index, index, producer, producer.link));
        producers.add(producer);
        return producer;
    }

    private Producer lossless() {
        return input(false, Limits.count(Policy.BLOCK, 4));
    }

    private Producer live() {
        return input(true, Limits.count(Policy.DROP_OLDEST, 100));
    }

    private static Format video() {
        return Packets.video("h264", 64, 48);
    }

    private static Format audio() {
        return Packets.audio("aac", 48_000, 2);
    }

    private static Packet video(long millis) {
        return Packets.of(TimeBase.RTP_VIDEO, 3600).at(millis * 90).delta((byte) 0);
    }

    private static Packet audio(long millis) {
        return Packets.of(new TimeBase(1, 48_000), 1024).at(millis * 48).delta((byte) 0);
    }

    private static Event event(long millis) {
        return Event.about(Stamps.at(TimeBase.MILLIS, millis)).subject("motion").build();
    }

    /** Takes what the join has now: {@code input:milliseconds} of samples, {@code input:Type} of markers. */
    private List<String> served() {
        var all = new ArrayList<String>();
        for (var port = join.next(ports); port != null; port = join.next(ports)) {
            var item = port.take();
            if (item instanceof Sample sample) {
                all.add(port.index() + ":"
                        + TimeUnit.NANOSECONDS.toMillis(sample.stamp().runningTime()));
                sample.release();
            } else {
                if (item instanceof Format format) {
                    port.format(format);
                } else if (item instanceof Gap gap) {
                    port.gap(gap);
                } else if (item instanceof End) {
                    port.end();
                }
                all.add(port.index() + ":" + item.getClass().getSimpleName());
            }
        }
        return all;
    }

    private void awaitDeadline() {
        assertTrue(join.deadline() != Join.NEVER, "the join wants to be asked again");
        Await.until("the join's deadline", join::deadline, () -> System.nanoTime() >= join.deadline());
    }

    @Nested
    class Interleaved {

        private void interleaved(int references, long startTimeout) {
            join = new Join.Interleaved(references, startTimeout);
        }

        @Test
        void servesTracksInOrderOfDecodingTime() {
            interleaved(2, 5 * SECONDS);
            live().put(video(), video(0), video(40), video(80), End.END);
            live().put(audio(), audio(10), audio(20), audio(60), End.END);
            assertEquals(
                    List.of(
                            "0:PacketFormat",
                            "1:PacketFormat",
                            "0:0",
                            "1:10",
                            "1:20",
                            "0:40",
                            "1:60",
                            "1:End",
                            "0:80",
                            "0:End"),
                    served());
        }

        @Test
        void goesByDecodingNotByPresentationTime() {
            interleaved(2, 5 * SECONDS);
            var reordered = video(120).toBuilder().dts(0).build();
            live().put(video(), reordered, End.END);
            live().put(audio(), audio(60), End.END);
            assertEquals(List.of("0:120", "0:End", "1:60"), served().subList(2, 5));
        }

        @Test
        void startsWhenEveryReferenceHasAFormat() {
            interleaved(2, 5 * SECONDS);
            live().put(video(), video(0));
            assertEquals(List.of("0:PacketFormat"), served());
            live().put(audio(), audio(0), audio(10), End.END);
            assertEquals(List.of("1:PacketFormat", "0:0"), served().subList(0, 2));
        }

        @Test
        void startsWithoutATrackThatDoesNotComeInTime() {
            interleaved(2, SECONDS / 20);
            live().put(video(), video(0), video(40));
            assertEquals(List.of("0:PacketFormat"), served());
            awaitDeadline();
            assertEquals(List.of("0:0", "0:40"), served());
        }

        @Test
        void aLiveTrackThatFallsSilentHoldsUpTheOthersForABoundedTimeOnce() {
            interleaved(2, 5 * SECONDS);
            var video = live().put(video(), video(0), video(40));
            live().put(audio(), audio(0), audio(30));
            assertEquals(List.of("0:0", "1:0", "1:30"), served().subList(2, 5));
            video.put(video(80));
            awaitDeadline();
            assertEquals(List.of("0:40", "0:80"), served());
            video.put(video(120));
            assertEquals(List.of("0:120"), served(), "silent all the while, so it is not waited for anew");
        }

        @Test
        void aTrackThatIsNotLiveIsWaitedForHoweverLong() {
            interleaved(2, 5 * SECONDS);
            lossless().put(video(), video(0), video(40));
            lossless().put(audio(), audio(0));
            assertEquals(List.of("0:0", "1:0"), served().subList(2, 4));
            assertEquals(Join.NEVER, join.deadline());
            producers.get(1).put(audio(50));
            assertEquals(List.of("0:40"), served());
        }

        @Test
        void anAnnouncedGapIsNotWaitedFor() {
            interleaved(2, 5 * SECONDS);
            lossless().put(video(), video(0), video(40), video(80));
            lossless().put(audio(), audio(0), new Gap(48 * 20, 48 * 50));
            assertEquals(List.of("0:0", "1:0", "1:Gap", "0:40"), served().subList(2, 6));
            assertNull(join.next(ports), "the gap ends at 70");
        }

        @Test
        void aTrackThatHasEndedIsNotWaitedFor() {
            interleaved(2, 5 * SECONDS);
            lossless().put(video(), video(0), video(40));
            lossless().put(audio(), audio(0), End.END);
            assertEquals(List.of("0:0", "1:0", "1:End", "0:40"), served().subList(2, 6));
        }

        @Test
        void eventsAreNotWaitedFor() {
            interleaved(2, 5 * SECONDS);
            lossless().put(video(), video(0), video(40));
            lossless().put(new EventFormat(TimeBase.MILLIS));
            assertEquals(List.of("0:0", "0:40"), served().subList(2, 4));
        }

        @Test
        void aLinkThatIsFullIsWidenedForATrackThatComesLate() {
            interleaved(2, 5 * SECONDS);
            var fast = input(false, new Limits(Policy.BLOCK, 2, 100, Long.MAX_VALUE, Limits.MOST_BYTES));
            fast.put(audio());
            var slow = lossless().put(video());
            assertEquals(2, served().size());
            for (int i = 0; i < 20; i++) { // an encoder that looks ahead puts out nothing yet
                assertTrue(fast.link.hasRoom(), "audio " + i);
                fast.put(audio(20 * i));
                assertEquals(List.of(), served());
            }
            slow.put(video(0), video(40), End.END);
            assertEquals(List.of("0:0", "1:0", "0:20", "0:40", "1:40"), served().subList(0, 5));
        }

        @Test
        void aLinkThatHoldsAllItCanIsServedRatherThanStandingStill() {
            interleaved(2, 5 * SECONDS);
            var fast = lossless().put(audio());
            lossless().put(video());
            assertEquals(2, served().size());
            int served = 0;
            for (int i = 0; i < 1000; i++) {
                if (!fast.link.hasRoom()) {
                    served += served().size();
                }
                assertTrue(fast.link.hasRoom(), "stands still after " + i);
                fast.put(audio(20 * i));
            }
            assertTrue(served > 900);
        }

        @Test
        void whenNothingMoreIsToComeNothingIsWaitedFor() {
            interleaved(3, 5 * SECONDS);
            lossless().put(video(), video(0), video(40));
            lossless().put(audio(), audio(0));
            assertEquals(2, served().size());
            join.finish();
            assertEquals(List.of("0:0", "1:0", "0:40"), served());
        }
    }

    @Nested
    class Matched {

        private static final long WAIT = SECONDS / 20;

        private Producer frames;
        private Producer events;

        private void matched(boolean live) {
            join = new Join.Matched(WAIT);
            frames = live ? live() : lossless();
            events = live ? live() : lossless();
            frames.put(video());
            events.put(new EventFormat(TimeBase.MILLIS));
            assertEquals(2, served().size());
        }

        private void watermark(long millis) {
            events.link.watermark(TimeUnit.MILLISECONDS.toNanos(millis));
        }

        @Test
        void anEventOnTimeComesJustBeforeItsFrame() {
            matched(true);
            events.put(event(0));
            watermark(0);
            frames.put(video(0));
            assertEquals(List.of("1:0", "0:0"), served());
        }

        @Test
        void aFrameWaitsForItsEvent() {
            matched(true);
            frames.put(video(0));
            assertEquals(List.of(), served());
            events.put(event(0));
            assertEquals(
                    List.of(),
                    served().stream().filter(item -> item.startsWith("0")).toList());
            watermark(0);
            assertEquals(List.of("0:0"), served());
        }

        @Test
        void aFrameAboutWhichThereIsNothingToSayGoesWithTheWatermark() {
            matched(true);
            frames.put(video(0), video(40));
            watermark(0);
            assertEquals(List.of("0:0"), served());
            watermark(40);
            assertEquals(List.of("0:40"), served());
        }

        @Test
        void framesThatTheAnalyzerDroppedGoWithTheWatermarkOfALaterOne() {
            matched(true);
            frames.put(video(0), video(40), video(80));
            watermark(79);
            assertEquals(List.of("0:0", "0:40"), served());
        }

        @Test
        void anEventOfALaterFrameStaysUntilItsTurn() {
            matched(true);
            frames.put(video(0), video(40));
            events.put(event(40));
            watermark(40);
            assertEquals(List.of("0:0", "1:40", "0:40"), served());
        }

        @Test
        void aFrameWaitsForABoundedTime() {
            matched(true);
            frames.put(video(0));
            assertEquals(List.of(), served());
            awaitDeadline();
            assertEquals(List.of("0:0"), served());
        }

        @Test
        void framesThatCameTogetherWaitTogether() {
            matched(true);
            frames.put(video(0), video(40), video(80));
            assertEquals(List.of(), served());
            awaitDeadline();
            assertEquals(List.of("0:0", "0:40", "0:80"), served(), "else a slow analyzer would slow down the stream");
        }

        @Test
        void anEventThatComesTooLateIsDeliveredBeforeTheNextFrame() {
            matched(true);
            frames.put(video(0));
            served();
            awaitDeadline();
            assertEquals(List.of("0:0"), served());
            events.put(event(0));
            watermark(40);
            frames.put(video(40));
            assertEquals(List.of("1:0", "0:40"), served());
        }

        @Test
        void anAnalyzerThatIsNotAtWorkIsNotWaitedFor() {
            matched(true);
            events.running = false;
            frames.put(video(0));
            assertEquals(List.of("0:0"), served());
        }

        @Test
        void anAnalyzerThatHasEndedIsNotWaitedFor() {
            matched(true);
            events.put(End.END);
            frames.put(video(0));
            assertEquals(List.of("1:End", "0:0"), served());
        }

        @Test
        void prerollIsNotWaitedForAsAnalyzersDoNotSeeIt() {
            matched(true);
            frames.put(video(0).toBuilder().preroll(true).build());
            assertEquals(List.of("0:0"), served());
        }

        @Test
        void contentThatIsNotLiveWaitsMuchLonger() {
            matched(false);
            frames.put(video(0));
            assertEquals(List.of(), served());
            assertTrue(join.deadline() - System.nanoTime() > SECONDS);
        }

        @Test
        void eventsThatAreLeftWhenTheFramesHaveEndedComeOut() {
            matched(false);
            frames.put(End.END);
            events.put(event(0), event(40), End.END);
            assertEquals(List.of("0:End", "1:0", "1:40", "1:End"), served());
        }

        @Test
        void whenNothingMoreIsToComeNothingIsWaitedFor() {
            matched(false);
            frames.put(video(0), video(40));
            join.finish();
            assertEquals(List.of("0:0", "0:40"), served());
        }
    }

    @Test
    void anyServesItsInputsInTurn() {
        join = new Join.Any();
        lossless().put(audio(), audio(0), audio(20));
        lossless().put(audio(), audio(0), audio(20));
        assertEquals(List.of("1:PacketFormat", "0:PacketFormat", "1:0", "0:0", "1:20", "0:20"), served());
    }
}
