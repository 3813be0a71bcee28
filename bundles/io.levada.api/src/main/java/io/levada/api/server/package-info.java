/**
 * What servers tell of those who read from them and publish to them, for shells, consoles and metrics. Implemented by every bundle that serves
 * viewers, whatever the protocol.
 */
@Version("0.1.0")
@Export
package io.levada.api.server;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
