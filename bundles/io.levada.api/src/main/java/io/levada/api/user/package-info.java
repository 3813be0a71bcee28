/** Who may use the node: the one user service that the console and the servers ask. */
@Version("0.1.0")
@Export
package io.levada.api.user;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
