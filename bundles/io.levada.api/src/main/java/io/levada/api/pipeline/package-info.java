/**
 * The pipelines as others see them: state, reasons and figures for shells, consoles and metrics, and the stage types that
 * can be used. Implemented by the wiring.
 */
@Version("0.1.0")
@Export
package io.levada.api.pipeline;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
