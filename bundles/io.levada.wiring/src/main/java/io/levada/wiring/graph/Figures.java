/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.wiring.link.Counter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The counters of a node. */
final class Figures {

    private static final Logger LOG = LoggerFactory.getLogger("io.levada.stage");
    private static final long LOG_EVERY_NANOS = 5_000_000_000L;

    final Counter in = new Counter();
    final Counter pictures = new Counter();
    final Counter busyNanos = new Counter();
    final Counter restarts = new Counter();
    final Latency latency = new Latency();
    final Rate rate = new Rate();

    private volatile Map<String, LongSupplier> gauges = Map.of();
    private final AtomicLong warnings = new AtomicLong();
    private volatile String lastWarning = "";
    private volatile String fault = "";
    private volatile long loggedAt = System.nanoTime() - LOG_EVERY_NANOS;

    /** Takes a reading; once a second. */
    void sample() {
        rate.sample(pictures.value());
        latency.sample();
    }

    /** Those of the instance that is at work; they may become more. */
    void gauges(Map<String, LongSupplier> gauges) {
        this.gauges = gauges;
    }

    Map<String, Long> gauges() {
        var values = new TreeMap<String, Long>();
        gauges.forEach((name, value) -> {
            try {
                values.put(name, value.getAsLong());
            } catch (Throwable e) { // whatever a stage throws stays here
                LOG.debug("gauge {} can't be read: {}", name, FaultText.of(e));
            }
        });
        return values;
    }

    /** Counts and keeps the message; logs at a bounded rate. */
    void warn(String stage, String message) {
        long count = warnings.incrementAndGet();
        var shown = FaultText.shown(message);
        lastWarning = shown;
        long now = System.nanoTime();
        if (now - loggedAt >= LOG_EVERY_NANOS) {
            loggedAt = now;
            LOG.warn("{}: {}{}", stage, shown, count > 1 ? " (" + count + " warnings so far)" : "");
        }
    }

    /** What went wrong last, with its stack. */
    void fault(String trace) {
        fault = trace;
    }

    String fault() {
        return fault;
    }

    long warnings() {
        return warnings.get();
    }

    String lastWarning() {
        return lastWarning;
    }
}
