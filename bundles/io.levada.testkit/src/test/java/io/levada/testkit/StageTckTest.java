/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Event;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.HostMemory;
import io.levada.api.media.LeakDetector;
import io.levada.api.media.PixelFormat;
import io.levada.api.media.SampleFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.Input;
import io.levada.api.stage.Output;
import io.levada.api.stage.Outputs;
import io.levada.api.stage.Request;
import io.levada.api.stage.Stage;
import io.levada.api.stage.StageContext;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every rule is seen to catch a stage that breaks it. */
class StageTckTest {

    private static final Accepts VIDEO = Accepts.video(PixelFormat.YUV420P);

    @AfterEach
    void forgetLeaksMadeOnPurpose() {
        LeakDetector.reset();
    }

    private static void breaks(String rule, String saying, Supplier<? extends Stage> stages, Accepts accepts) {
        var broken = assertThrows(ContractBroken.class, () -> StageTck.verify(stages, accepts));
        assertTrue(
                broken.getMessage()
                        .lines()
                        .anyMatch(line -> line.startsWith("  " + rule + " (") && line.contains(saying)),
                broken.getMessage());
    }

    private static void breaks(String rule, String saying, Supplier<? extends Stage> stages) {
        breaks(rule, saying, stages, VIDEO);
    }

    @Test
    void wellBehavedStagesPass() {
        StageTck.verify(PassThrough::new, Accepts.video(PixelFormat.YUV420P, PixelFormat.NV12, PixelFormat.RGB24));
        StageTck.verify(BrightnessAnalyzer::new, Accepts.video(PixelFormat.GRAY8, PixelFormat.P010));
        StageTck.verify(CountingSink::new, VIDEO.with(Accepts.audio(SampleFormat.FLTP, SampleFormat.S16)));
        StageTck.verify(TickSource::new, Accepts.nothing());
    }

    @Test
    void oneInstanceForTwoLives() {
        var stage = new PassThrough();
        breaks("new instances", "same instance twice", () -> stage);
    }

    @Test
    void aCloseThatNeedsAFormat() {
        breaks("unused", "IllegalStateException", () -> new PassThrough() {
            private boolean formatted;

            @Override
            public void format(Input input, Format format, Output out) throws Exception {
                super.format(input, format, out);
                formatted = true;
            }

            @Override
            public void close() throws Exception {
                super.close();
                if (!formatted) {
                    throw new IllegalStateException("never used");
                }
            }
        });
    }

    @Test
    void aCloseThatNeedsASuccessfulOpen() {
        breaks("failed open", "NullPointerException", () -> new PassThrough() {
            @Override
            public void close() throws Exception {
                super.close();
                name.length();
            }
        });
    }

    @Test
    void aReconfigureThatFailsHalfWay() {
        breaks("wrong parameters", "NullPointerException", () -> new PassThrough() {
            @Override
            public boolean reconfigure(StageContext context) {
                name = null;
                name = context.id();
                return true;
            }

            @Override
            public void process(Input input, VideoFrame frame, Output out) throws Exception {
                name.length();
                super.process(input, frame, out);
            }
        });
    }

    @Test
    void aReconfigureThatThrows() {
        breaks("same parameters", "UnsupportedOperationException", () -> new PassThrough() {
            @Override
            public boolean reconfigure(StageContext context) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @Test
    void aRequestThatIsNotExpected() {
        breaks("requests", "IllegalArgumentException", () -> new PassThrough() {
            @Override
            public boolean request(Request request) {
                if (request.kind() != Request.Kind.KEYFRAME) {
                    throw new IllegalArgumentException();
                }
                return true;
            }
        });
    }

    @Test
    void aThreadThatIsNotStopped() {
        var end = new CountDownLatch(1);
        breaks("threads", "more threads", () -> new PassThrough() {
            @Override
            public void open(StageContext context) throws Exception {
                super.open(context);
                var thread = new Thread(() -> {
                    try {
                        end.await(1, TimeUnit.MINUTES);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                thread.setDaemon(true);
                thread.start();
            }
        });
        end.countDown();
    }

    @Test
    void aGapBeforeTheFirstSampleThatIsNotExpected() {
        breaks("format only", "NoSuchElementException", () -> new PassThrough() {
            @Override
            public void gap(Input input, Gap gap, Output out) {
                out.gap(new Gap(held.element().pts(), gap.duration()));
            }
        });
    }

    @Test
    void aLeakOnClose() {
        breaks("close while busy", "leaked", () -> new PassThrough() {
            @Override
            public void close() {}
        });
    }

    @Test
    void emittingInClose() {
        breaks("close while busy", "drain emits", () -> new PassThrough() {
            private Output output;

            @Override
            public void process(Input input, VideoFrame frame, Output out) throws Exception {
                output = out;
                super.process(input, frame, out);
            }

            @Override
            public void close() throws Exception {
                if (output != null) {
                    drain(output);
                }
            }
        });
    }

    @Test
    void emittingFromAThreadOfItsOwnAfterClose() {
        breaks("quiet after close", "outside of one", () -> new PassThrough() {
            private Output output;

            @Override
            public void format(Input input, Format format, Output out) throws Exception {
                super.format(input, format, out);
                output = out;
            }

            @Override
            public void close() throws Exception {
                super.close();
                if (output != null) {
                    new Thread(() -> assertThrows(ContractBroken.class, () -> output.gap(new Gap(0, 1)))).start();
                }
            }
        });
    }

    @Test
    void writingIntoTheInput() {
        breaks("stream", "read-only", () -> new PassThrough() {
            @Override
            public void process(Input input, VideoFrame frame, Output out) throws Exception {
                ((HostMemory) frame.memory()).writable(0).put(7, (byte) 99);
                super.process(input, frame, out);
            }
        });
    }

    @Test
    void writingIntoTheInputLater() {
        breaks("read-only", "wrote into", () -> new PassThrough() {
            @Override
            public void drain(Output out) throws Exception {
                held.forEach(frame -> ((HostMemory) frame.memory()).writable(0).put(7, (byte) 99));
                super.drain(out);
            }
        });
    }

    @Test
    void readingASampleAfterItsRelease() {
        breaks("lent", "after their release", () -> new Analyzer<VideoFrame>() {
            private VideoFrame before;

            @Override
            public void open(StageContext context) {}

            @Override
            public void analyze(VideoFrame frame, EventSink events) {
                if (before != null) {
                    events.emit(Event.about(frame).put("before", before.plane(0).get(0)));
                }
                before = frame;
            }

            @Override
            public void close() {}
        });
    }

    @Test
    void emittingALentSampleWithoutRetainingIt() {
        breaks("stream", "released", () -> new PassThrough() {
            @Override
            public void process(Input input, VideoFrame frame, Output out) {
                out.emit(frame);
            }
        });
    }

    @Test
    void failingOnAStrangeFormatWithoutAWord() {
        breaks("wrong format", "ClassCastException", () -> new PassThrough() {
            @Override
            public void format(Input input, Format format, Output out) {
                ((VideoFormat) format).width();
                out.format(format);
            }
        });
    }

    @Test
    void aSampleBeforeTheFormat() {
        breaks("stream", "Output.format is required before the first sample", () -> new PassThrough() {
            @Override
            public void format(Input input, Format format, Output out) {}
        });
    }

    @Test
    void samplesOfAnotherFormatThanAnnounced() {
        breaks("format change", "sample of another came", () -> new PassThrough() {
            private boolean announced;

            @Override
            public void format(Input input, Format format, Output out) throws Exception {
                if (!announced) {
                    super.format(input, format, out);
                }
                announced = true;
            }
        });
    }

    @Test
    void writingIntoWhatWasEmitted() {
        breaks("stream", "changed later", () -> new PassThrough() {
            private HostMemory last;

            @Override
            public void process(Input input, VideoFrame frame, Output out) {
                if (last == null) {
                    last = HostMemory.allocate(64 * 48, 64 * 24, 64 * 24);
                }
                last.writable(0).put(0, (byte) frame.pts());
                last.retain();
                out.emit(frame.toBuilder()
                        .memory(last)
                        .layout(frame.format(), 64, 32, 32)
                        .build());
            }

            @Override
            public void close() throws Exception {
                super.close();
                if (last != null) {
                    last.release();
                }
            }
        });
    }

    @Test
    void aDrainThatKeepsSamples() {
        breaks("end", "still held after the drain", () -> new PassThrough() {
            @Override
            public void drain(Output out) {}
        });
    }

    @Test
    void nothingAfterADrain() {
        breaks("after drain", "nothing comes any more", () -> new PassThrough() {
            private boolean drained;

            @Override
            public void process(Input input, VideoFrame frame, Output out) throws Exception {
                if (!drained) {
                    super.process(input, frame, out);
                }
            }

            @Override
            public void drain(Output out) throws Exception {
                super.drain(out);
                drained = true;
            }
        });
    }

    @Test
    void aFlushThatForgetsNothing() {
        breaks("flush", "after the flush to epoch 1 came frame", () -> new PassThrough() {
            @Override
            public void flush() {}

            @Override
            public void close() throws Exception {
                super.flush();
            }
        });
    }

    @Test
    void aGapThatIsNotExpected() {
        breaks("gap", "UnsupportedOperationException", () -> new PassThrough() {
            @Override
            public void gap(Input input, Gap gap, Output out) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @Test
    void aChangeOfFormatThatIsNotExpected() {
        breaks("format change", "ArrayIndexOutOfBoundsException", () -> new PassThrough() {
            private byte[] row;

            @Override
            public void process(Input input, VideoFrame frame, Output out) throws Exception {
                row = row == null ? new byte[frame.width()] : row;
                row[frame.width() - 1] = 1;
                super.process(input, frame, out);
            }
        });
    }

    @Test
    void aStampMadeUp() {
        breaks("stamps", "another source or epoch", () -> new PassThrough() {
            @Override
            public void process(Input input, VideoFrame frame, Output out) {
                frame.retain();
                out.emit(frame.toBuilder()
                        .stamp(Stamps.at("made/up:video", 0, frame.format().timeBase(), frame.pts()))
                        .build());
            }
        });
    }

    @Test
    void dependingOnTheThread() {
        breaks("any thread", "NullPointerException", () -> new PassThrough() {
            private final ThreadLocal<String> opened = new ThreadLocal<>();

            @Override
            public void open(StageContext context) throws Exception {
                super.open(context);
                opened.set("here");
            }

            @Override
            public void process(Input input, VideoFrame frame, Output out) throws Exception {
                opened.get().length();
                super.process(input, frame, out);
            }
        });
    }

    private static int lastPts;

    @Test
    void instancesThatShareState() {
        breaks("independent", "beside another instance", () -> new PassThrough() {
            @Override
            public void open(StageContext context) throws Exception {
                super.open(context);
                lastPts = -1;
            }

            @Override
            public void process(Input input, VideoFrame frame, Output out) throws Exception {
                if (frame.pts() > lastPts) {
                    super.process(input, frame, out);
                }
                lastPts = (int) frame.pts();
            }
        });
    }

    @Test
    void aSourceThatBringsNothing() {
        breaks(
                "produces",
                "no sample came",
                () -> new TickSource() {
                    @Override
                    public boolean produce(Outputs outputs) {
                        return true;
                    }
                },
                Accepts.nothing());
    }

    @Test
    void aSourceWhoseTimeGoesBack() {
        breaks(
                "time",
                "after frame",
                () -> new TickSource() {
                    @Override
                    long time(long count) {
                        return count % 10;
                    }
                },
                Accepts.nothing());
    }

    @Test
    void aSourceThatKeepsWhatItMade() {
        breaks(
                "close while busy",
                "leaked",
                () -> new TickSource() {
                    @Override
                    void made(VideoFrame frame) {
                        frame.retain();
                    }
                },
                Accepts.nothing());
    }

    @Test
    void aSourceThatDoesNotStop() {
        var end = new CountDownLatch(1);
        breaks(
                "stop",
                "did not return within",
                () -> new TickSource() {
                    @Override
                    boolean sleep(long nanoTime) {
                        boolean slept = super.sleep(nanoTime);
                        if (!slept) {
                            try {
                                end.await(1, TimeUnit.MINUTES);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        }
                        return slept;
                    }
                },
                Accepts.nothing());
        end.countDown();
    }
}
