/**
 * For tests of stages, without OSGi: sample builders ({@link io.levada.testkit.Frames}, ...), a clock turned by hand, a
 * seeded scheduler, a harness that plays the platform ({@link io.levada.testkit.StageHarness}) and the contract test that
 * every stage passes ({@link io.levada.testkit.StageTck}). Used in test scope only.
 */
@Version("0.1.0")
@Export
package io.levada.testkit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
