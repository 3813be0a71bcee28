/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A metric of all things of one kind, read from the status of each. Names are without the {@code _total} and {@code _info}
 * that the formats add. Immutable.
 *
 * @param <T> what tells of one thing
 */
interface Family<T> {

    /** The metric at this moment; empty when none of the things has it. The labels tell the things apart. */
    Optional<MetricSnapshot> of(Map<Labels, T> things);

    private static double number(Number value) {
        return value.doubleValue();
    }

    static <T> Family<T> counter(String name, String help, ToDoubleFunction<T> value) {
        return things -> {
            var family = CounterSnapshot.builder().name(name).help(help);
            things.forEach((labels, thing) -> family.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value.applyAsDouble(thing))
                    .build()));
            return present(family.build());
        };
    }

    /** @param label what the keys of the values are called */
    static <T> Family<T> counter(
            String name, String help, String label, Function<T, ? extends Map<String, ? extends Number>> values) {
        return things -> {
            var family = CounterSnapshot.builder().name(name).help(help);
            things.forEach((labels, thing) -> values.apply(thing)
                    .forEach((key, value) -> family.dataPoint(CounterDataPointSnapshot.builder()
                            .labels(labels.add(label, key))
                            .value(number(value))
                            .build())));
            return present(family.build());
        };
    }

    static <T> Family<T> gauge(String name, String help, ToDoubleFunction<T> value) {
        return optional(name, help, thing -> Optional.of(value.applyAsDouble(thing)));
    }

    /** @param label what the keys of the values are called */
    static <T> Family<T> gauge(
            String name, String help, String label, Function<T, ? extends Map<String, ? extends Number>> values) {
        return things -> {
            var family = GaugeSnapshot.builder().name(name).help(help);
            things.forEach((labels, thing) -> values.apply(thing)
                    .forEach((key, value) -> family.dataPoint(GaugeDataPointSnapshot.builder()
                            .labels(labels.add(label, key))
                            .value(number(value))
                            .build())));
            return present(family.build());
        };
    }

    /** @param value empty where it is not known */
    static <T> Family<T> optional(String name, String help, Function<T, Optional<Double>> value) {
        return things -> {
            var family = GaugeSnapshot.builder().name(name).help(help);
            things.forEach((labels, thing) -> value.apply(thing)
                    .ifPresent(known -> family.dataPoint(GaugeDataPointSnapshot.builder()
                            .labels(labels)
                            .value(known)
                            .build())));
            return present(family.build());
        };
    }

    /** A gauge that is 1 for the state that a thing is in. */
    static <T> Family<T> state(String name, String help, Function<T, ? extends Enum<?>> state) {
        return gauge(name, help, "state", thing -> Map.of(state.apply(thing).name(), 1));
    }

    /** Figures of which nobody says whether they only rise. */
    static <T> Family<T> untyped(
            String name, String help, String label, Function<T, ? extends Map<String, ? extends Number>> values) {
        return things -> {
            var family = UnknownSnapshot.builder().name(name).help(help);
            things.forEach((labels, thing) -> values.apply(thing)
                    .forEach((key, value) -> family.dataPoint(UnknownDataPointSnapshot.builder()
                            .labels(labels.add(label, key))
                            .value(number(value))
                            .build())));
            return present(family.build());
        };
    }

    /** What can't be counted, as labels. */
    static <T> Family<T> info(String name, String help, Function<T, Labels> facts) {
        return things -> {
            var family = InfoSnapshot.builder().name(name).help(help);
            things.forEach((labels, thing) -> family.dataPoint(InfoDataPointSnapshot.builder()
                    .labels(labels.merge(facts.apply(thing)))
                    .build()));
            return present(family.build());
        };
    }

    /** @param nanos by quantile; 0 where it is not known */
    static <T> Family<T> latency(String name, String help, Function<T, Map<Double, Long>> nanos) {
        return things -> {
            var family = SummarySnapshot.builder().name(name).help(help);
            things.forEach((labels, thing) -> {
                var known = nanos.apply(thing).entrySet().stream()
                        .filter(each -> each.getValue() > 0)
                        .map(each -> new Quantile(each.getKey(), each.getValue() / 1e9))
                        .toList();
                if (!known.isEmpty()) {
                    family.dataPoint(SummaryDataPointSnapshot.builder()
                            .labels(labels)
                            .quantiles(Quantiles.of(known))
                            .build());
                }
            });
            return present(family.build());
        };
    }

    private static Optional<MetricSnapshot> present(MetricSnapshot family) {
        return family.getDataPoints().isEmpty() ? Optional.empty() : Optional.of(family);
    }
}
