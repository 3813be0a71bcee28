/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.protocol;

import java.nio.charset.StandardCharsets;

/** The Transport header of SETUP: refused, or of ports and channels that exist. */
public final class TransportHeaderFuzz {

    private TransportHeaderFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            for (var offer : TransportHeader.parse(new String(input, StandardCharsets.ISO_8859_1))) {
                int most = offer.kind() == TransportHeader.Kind.TCP ? 255 : 65_535;
                boolean none = offer.first() == -1 && offer.second() == -1;
                if (!none
                        && (offer.first() < 0 || offer.first() > most || offer.second() < 0 || offer.second() > most)) {
                    throw new AssertionError(offer);
                }
            }
        } catch (IllegalArgumentException e) {
            if (e.getMessage() == null) {
                throw e;
            }
        }
    }
}
