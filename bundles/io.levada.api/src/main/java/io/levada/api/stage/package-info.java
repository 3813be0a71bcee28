/**
 * The stage SPI: what a plugin author implements ({@link io.levada.api.stage.Source}, {@link io.levada.api.stage.Transform},
 * {@link io.levada.api.stage.Analyzer}, {@link io.levada.api.stage.Sink}), how a stage type is declared
 * ({@link io.levada.api.stage.StageType}) and what the platform gives a running stage.
 */
@Version("0.1.0")
@Export
package io.levada.api.stage;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
