/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.media.Event;
import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.Sample;
import io.levada.api.stage.Input;
import io.levada.api.stage.Sink;
import io.levada.api.stage.StageContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** A sink that writes down what happens to it. Any instance of it writes on the same page. */
public class Collector implements Sink<Sample> {

    /** What all instances share; any thread. */
    public static final class Page {

        private final List<String> lines = new ArrayList<>();
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private volatile Fault fault = sample -> {};
        private volatile boolean held;
        private volatile String thread = "";

        public synchronized void write(String line) {
            lines.add(line);
        }

        /** How many lines there are. */
        public synchronized int count() {
            return lines.size();
        }

        public synchronized List<String> lines() {
            return new ArrayList<>(lines);
        }

        /** The lines that begin so. */
        public List<String> lines(String begin) {
            return lines().stream().filter(line -> line.startsWith(begin)).toList();
        }

        /** Waits for a line. */
        public void await(String line) {
            Await.until("the line " + line, this::lines, () -> lines().contains(line));
        }

        /** Waits for so many lines with that begin. */
        public void await(String begin, int count) {
            Await.until(
                    count + " lines with " + begin,
                    this::lines,
                    () -> lines(begin).size() >= count);
        }

        /** The numbers of the packets, or pictures, that came. */
        public List<Integer> numbers() {
            return lines().stream()
                    .filter(line -> line.matches("\\S+:video \\d+"))
                    .map(line -> Integer.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                    .toList();
        }

        /** Waits for one of them. */
        public void awaitNumber(int number) {
            Await.until("number " + number, this::numbers, () -> numbers().contains(number));
        }

        /** From now on a sample is held up until {@link #open}. */
        public void shut() {
            gate = new CountDownLatch(1);
        }

        public void open() {
            gate.countDown();
        }

        /** Whether a sample is held up, and with it the stage, in a call. */
        public boolean held() {
            return held;
        }

        /** Name of the thread that brought the last sample; the one that is held up, while it is. */
        public String thread() {
            return thread;
        }

        /** From now on this is done with each sample. */
        public void fault(Fault fault) {
            this.fault = fault;
        }
    }

    /** May throw. */
    public interface Fault {
        void look(Sample sample) throws Exception;
    }

    private final Page page;
    private final Consumer<StageContext> opening;

    public Collector(Page page) {
        this(page, context -> {});
    }

    /** @param opening is done when it is opened */
    Collector(Page page, Consumer<StageContext> opening) {
        this.page = page;
        this.opening = opening;
    }

    @Override
    public void open(StageContext context) {
        opening.accept(context);
        page.write("open");
    }

    @Override
    public void format(Input input, Format format) {
        page.write("format " + input.name() + " " + format.kind().word() + " "
                + format.type().word());
    }

    @Override
    public void process(Input input, Sample sample) throws Exception {
        page.thread = Thread.currentThread().getName();
        page.held = true;
        page.gate.await();
        page.held = false;
        page.fault.look(sample);
        page.write((sample instanceof Event ? "event " : input.name() + " ") + sample.pts());
    }

    @Override
    public void gap(Input input, Gap gap) {
        page.write("gap " + gap.pts());
    }

    @Override
    public void flush() {
        page.write("flush");
    }

    @Override
    public void drain() {
        page.write("drain");
    }

    @Override
    public void close() {
        page.write("close");
    }
}
