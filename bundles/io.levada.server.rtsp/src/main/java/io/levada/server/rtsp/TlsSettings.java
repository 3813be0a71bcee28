/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

/**
 * What is encrypted, and with which certificate: PEM files, or a PKCS 12 key store.
 *
 * @param port 0 for none
 * @param certificate a PEM file with the certificate and those of its issuers
 * @param key a PEM file with its private key (PKCS 8)
 * @param keyStore a PKCS 12 file with both
 * @param password of the key or the key store
 */
record TlsSettings(int port, String certificate, String key, String keyStore, String password) {

    /** Nothing is. */
    static final TlsSettings OFF = new TlsSettings(0, "", "", "", "");

    boolean on() {
        return port > 0;
    }

    @Override
    public String toString() {
        return "TLS at " + port; // nothing of the password in logs
    }
}
