/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * Names a stage type and its ports. It goes on a Declarative Services component of prototype scope with
 * {@code configurationPolicy = IGNORE}, whose parameters are the {@code @Designate}d annotation:
 *
 * <pre>{@code
 * @Component(scope = PROTOTYPE, configurationPolicy = IGNORE)
 * @StageType(value = "analyzer.motion", accepts = "frame:video")
 * @Designate(ocd = MotionAnalyzer.Config.class)
 * public final class MotionAnalyzer implements Analyzer<VideoFrame> { ... }
 * }</pre>
 *
 * <p>The Metatype PID of the parameters is the component's name; leave that at its default (the class name).
 *
 * <p>A port is {@code TYPE} or {@code TYPE:KIND}, in the lower-case words of {@link io.levada.api.media.SampleType} and
 * {@link io.levada.api.media.MediaKind}: {@code packet}, {@code frame:video}, {@code event}. {@code *} is anything.
 *
 * <p>{@code @} and a word say in which {@link io.levada.api.media.Memory.Kind memory} it lies: {@code frame:video@cuda},
 * {@code tensor@vaapi}, {@code frame@any} for a stage that does not look into it. Without it, it is {@code host}. Where memory
 * differs, the platform puts a stage of the role {@code download} or {@code upload} in between.
 */
@ComponentPropertyType
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.CLASS)
public @interface StageType {

    /** Prefix of the service properties. */
    String PREFIX_ = "levada.";

    /** The type's name in pipeline files: {@code [a-z][a-z0-9-]*} words joined by dots. Property levada.stage.type. */
    String value();

    /** What an input may carry, alternatives; empty for a source. */
    String[] accepts() default {};

    /** Whether it takes any number of tracks (muxers, servers, logs) rather than one. */
    boolean many() default false;

    /**
     * Whether its inputs are alternatives to each other, as those of a switch: {@code from} names any number of them, one
     * track each, and they are delivered as they come, in no order among each other.
     */
    boolean alternatives() default false;

    /**
     * Whether it may put out faster than it comes what it has held back for long. Links behind it are then bounded by number
     * and bytes, not by time.
     */
    boolean bursts() default false;

    /**
     * What further inputs may carry whose samples are joined to the first input's by source, epoch and pts: the platform
     * delivers them just before the sample they belong to. Empty for most.
     */
    String[] joins() default {};

    /**
     * What it puts out: a port, whose kind is the input's if it names none; {@code same} for what came in, and where it lay; empty for sinks.
     * An analyzer always puts out events. A source names all it may have: {@code packet:video}, {@code packet:audio}.
     */
    String[] emits() default {};

    /**
     * Prefixes of further parameters that are handed on unchecked, with their dot: {@code ffmpeg.} for a stage that reads
     * {@link StageContext#extras extras("ffmpeg.")}.
     */
    String[] extras() default {};

    /** The role it can fill, such as {@code decoder}; empty for none. The highest ranked that opens is taken. */
    String role() default "";

    /** What its calls spend their time on. */
    Work work() default Work.HEAVY;
}
