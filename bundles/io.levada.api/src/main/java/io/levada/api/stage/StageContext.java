/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import io.levada.api.media.Memory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.osgi.annotation.versioning.ProviderType;

/** What the platform gives to a stage. Valid from {@code open} until {@code close} has returned. */
@ProviderType
public interface StageContext {

    String pipeline();

    /** The stage's name in its pipeline. */
    String stage();

    /** {@code pipeline/stage}, as in messages. */
    default String id() {
        return pipeline() + "/" + stage();
    }

    /**
     * The parameters, typed: defaults filled in, secrets resolved, numbers and choices checked. Method names map to keys as
     * in Declarative Services: {@code min_area()} is {@code min.area}, {@code min$_$area()} is {@code min-area}.
     *
     * @param <C> the annotation type that is also the stage's Metatype
     */
    <C> C config(Class<C> type);

    /**
     * Parameters as they stand in the pipeline file under a prefix, the prefix taken off: {@code extras("ffmpeg.")} for
     * options that are handed to a library.
     */
    Map<String, String> extras(String prefix);

    /**
     * A path of the user's: a relative one is meant relative to the node's home, and one that begins with {@code data/}
     * relative to its data directory, wherever that is.
     */
    Path resolve(String path);

    Clock clock();

    /**
     * For a source, to be asked in {@code produce} when its content begins: the running time from which it counts. That of a
     * live source is the node's clock, so that what enters the node at the same time has the same running time in all
     * pipelines, outages included. Otherwise it is 0 for the first instance. In either case it is past all that earlier
     * instances of this stage emitted, so that a restart never goes back in time.
     */
    default long runningStart() {
        return 0;
    }

    /**
     * For a source whose content began a while ago, as that of a peer which sends what it has kept.
     *
     * @param age how long ago, nanoseconds
     * @return {@link #runningStart} of then
     */
    default long runningStart(long age) {
        return runningStart();
    }

    /** For a source: the number of its first epoch; above those of earlier instances of this stage. */
    default int firstEpoch() {
        return 0;
    }

    /**
     * Counts by their names that go on where earlier instances of this stage left them: an instance that takes the place of
     * another, also one of another version of the bundle, gives out no number twice and forgets nothing it counted. They are
     * kept while the stage is in the pipeline, until the node stops. Any thread; use {@link Map#merge} to count.
     */
    Map<String, Long> tallies();

    /**
     * The inputs that there are so far, by their index. Those of a stage with {@code many} are in the order in which their
     * tracks turned up and may grow; else the order is that of {@code from}.
     */
    List<Input> inputs();

    /** The entries of {@code from} as they are written, without what is in brackets; also those that have no track yet. */
    default List<String> from() {
        return inputs().stream().map(Input::name).toList();
    }

    /** Whether the stage shall stop; long loops and native call-backs ask it. Any thread. */
    boolean stopping();

    /**
     * Asks the platform to call {@link Transform#wake} or {@link Sink#wake} soon; for results that come from a device or
     * another thread. Any thread; asking twice before the call is one call.
     */
    void wake();

    /** Shows a figure of the stage's own in status and metrics, such as {@code readers}. It is read from any thread. */
    void gauge(String name, LongSupplier value);

    /**
     * Says in {@code open} in which memory this instance takes what comes, where its ports leave that open
     * ({@code frame:video@any}): as one does whose model runs on the CPU today. What lies elsewhere is brought over.
     */
    default void takes(Memory.Kind memory) {}

    /**
     * Says whether the stage needs what comes to it at present, as a server does while it has readers: what is only there for
     * stages that need nothing, and is {@code activation = on-demand}, sleeps. Asked often and from any thread; it must answer
     * at once. A stage that says nothing always needs what comes.
     */
    default void demand(BooleanSupplier needed) {}

    /**
     * For a source that its peer comes to: says that there is none at present, or what it waits for, which is shown as the
     * reason why it is WAITING. An empty reason takes that back. It is called in {@code produce}, and seen when that returns.
     */
    default void waiting(String reason) {}

    /**
     * Says how the stage works where its parameters leave that open, as on which device and why; shown as its reason while it
     * runs. In {@code open}, or when it is told what comes.
     */
    default void explain(String how) {}

    /**
     * Reports something that is wrong but did not stop the stage (a damaged packet); it is counted, shown with the stage and
     * logged at a bounded rate.
     */
    void warn(String message);
}
