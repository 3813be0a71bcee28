/**
 * The media model: samples (packets, frames, tensors, events, chunks) over shared, reference-counted memory, and the
 * formats and markers that travel between them. No native types: what lies behind a {@link io.levada.api.media.Memory}
 * is the business of the bundle that made it. Every stage, link and test uses this package.
 */
@Version("0.1.0")
@Export
package io.levada.api.media;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
