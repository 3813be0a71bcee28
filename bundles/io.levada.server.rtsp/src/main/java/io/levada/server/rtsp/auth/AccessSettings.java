/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import java.net.InetSocketAddress;

/**
 * Who is let in, as the listener's configuration says.
 *
 * @param read who may read streams that say nothing of their own
 * @param basic whether Basic is offered
 * @param digest whether Digest is offered
 * @param allow whose connections are taken; none for everybody's
 * @param deny whose are not, whatever is allowed
 */
public record AccessSettings(Permission read, boolean basic, boolean digest, Networks allow, Networks deny) {

    /** What holds where nothing is set. */
    public static final AccessSettings DEFAULT =
            new AccessSettings(Permission.AUTO, true, false, Networks.NONE, Networks.NONE);

    /** Whether connections from there are taken. */
    public boolean admits(InetSocketAddress client) {
        return !deny.contains(client) && (allow.isEmpty() || allow.contains(client));
    }
}
