/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.source.media;

import io.levada.api.stage.StageException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Looks a peer's name up before libavformat does: the C library's resolver can't be interrupted, so a dead name server would
 * hold up a stop. A look-up that hangs is left to a thread of its own.
 */
final class NameLookup {

    private static final long SLICE_MILLIS = 50;

    private NameLookup() {}

    /** @throws StageException of kind RETRY when the name is not known, or nobody says so in time */
    static void resolve(Settings settings, BooleanSupplier stopping) throws StageException {
        var host = settings.location().host();
        boolean proxied = settings.location().scheme().startsWith("http")
                && (System.getenv("http_proxy") != null || settings.options().containsKey("http_proxy"));
        if (host.isEmpty() || proxied) {
            return;
        }
        var lookup = lookup(host.get());
        long deadline = System.nanoTime() + settings.connectTimeout();
        while (!stopping.getAsBoolean()) {
            try {
                lookup.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw failure(host.get(), "no name server answers");
                }
            } catch (ExecutionException e) {
                throw failure(host.get(), "the name is not known");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static CompletableFuture<InetAddress> lookup(String host) {
        var result = new CompletableFuture<InetAddress>();
        var thread = new Thread(
                () -> {
                    try {
                        result.complete(InetAddress.getByName(host));
                    } catch (UnknownHostException | RuntimeException e) {
                        result.completeExceptionally(e);
                    }
                },
                "levada-lookup-" + host);
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static StageException failure(String host, String why) {
        return StageException.retry("can't find " + host + ": " + why)
                .parameter("url")
                .remedy("check the host name and this machine's name server");
    }
}
