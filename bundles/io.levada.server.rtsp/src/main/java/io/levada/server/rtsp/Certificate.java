/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate that the server shows. It is read again when its files change; broken ones change nothing. */
final class Certificate {

    private static final Logger LOG = LoggerFactory.getLogger(Certificate.class);

    private final TlsSettings settings;
    private final Path home;
    private Object revision;
    private volatile SslContext context;

    /**
     * @param home what relative paths are relative to
     * @throws CertificateException when there is none that can be used, saying why
     */
    Certificate(TlsSettings settings, Path home) throws IOException, CertificateException {
        this.settings = settings;
        this.home = home;
        this.revision = revision();
        this.context = read();
    }

    /** For the next connection; any thread. */
    SslContext context() {
        return context;
    }

    /** Looks at the files; for one thread. */
    void check() {
        try {
            var now = revision();
            if (!now.equals(revision)) {
                revision = now;
                context = read();
                LOG.info("RTSP has a new certificate");
            }
        } catch (IOException | CertificateException e) {
            LOG.warn("RTSP goes on with the certificate it has: {}", e.getMessage());
        }
    }

    private List<Path> files() {
        return settings.keyStore().isEmpty()
                ? List.of(home.resolve(settings.certificate()), home.resolve(settings.key()))
                : List.of(home.resolve(settings.keyStore()));
    }

    private Object revision() throws IOException {
        var text = new StringBuilder();
        for (var file : files()) {
            try {
                var attributes = Files.readAttributes(file, BasicFileAttributes.class);
                text.append(attributes.lastModifiedTime())
                        .append(attributes.size())
                        .append(attributes.fileKey());
            } catch (NoSuchFileException e) {
                text.append("none"); // told when it is read
            }
        }
        return text.toString();
    }

    private SslContext read() throws CertificateException {
        try {
            return builder()
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (NoSuchFileException e) {
            throw new CertificateException(e.getMessage() + " is not there", e);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new CertificateException(files() + " can't be used: " + e.getMessage(), e);
        }
    }

    private SslContextBuilder builder() throws IOException, GeneralSecurityException {
        var password = settings.password().toCharArray();
        var files = files();
        if (files.size() == 2) {
            var secret = settings.password().isEmpty() ? null : settings.password();
            return SslContextBuilder.forServer(
                    files.get(0).toFile(), files.get(1).toFile(), secret);
        }
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(files.get(0))) {
            store.load(in, password);
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        return SslContextBuilder.forServer(keys);
    }
}
