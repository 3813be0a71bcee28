/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Self-signed certificates, made by the JDK's keytool. */
final class Keys {

    static final String PASSWORD = "of the key store";

    private Keys() {}

    /** A PKCS 12 key store for localhost. */
    static Path keyStore(Path folder, String name) throws Exception {
        var file = folder.resolve(name + ".p12");
        var result = Programs.run(
                30,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD,
                        "-alias",
                        "levada",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=DNS:localhost,IP:127.0.0.1",
                        "-validity",
                        "2"));
        if (result.exit() != 0) {
            throw new AssertionError(result.output());
        }
        return file;
    }

    private static KeyStore open(Path file) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        try (var in = new FileInputStream(file.toFile())) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    /** The same as two PEM files, put in place at once. */
    static void writePem(Path store, Path certificate, Path key) throws Exception {
        var opened = open(store);
        pem(certificate, "CERTIFICATE", opened.getCertificate("levada").getEncoded());
        pem(key, "PRIVATE KEY", opened.getKey("levada", PASSWORD.toCharArray()).getEncoded());
    }

    private static void pem(Path file, String type, byte[] der) throws Exception {
        var encoded = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        var fresh = file.resolveSibling(file.getFileName() + ".tmp");
        Files.writeString(fresh, "-----BEGIN " + type + "-----\n" + encoded + "\n-----END " + type + "-----\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A socket that trusts this certificate and no other. */
    static SSLSocket socket(Path store) throws Exception {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("levada", open(store).getCertificate("levada"));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket();
    }
}
