/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** CUDA's own thread: finds out which work has ended, so that no thread of the node waits for a device. */
final class Completions {

    private static final long INTERVAL = 500_000;

    private static final Set<CudaStream> STREAMS = ConcurrentHashMap.newKeySet();

    private static Thread thread;
    private static volatile boolean resting;

    private Completions() {}

    static void add(CudaStream stream) {
        STREAMS.add(stream);
        synchronized (Completions.class) {
            if (thread == null) {
                thread = new Thread(Completions::run, "levada-cuda");
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    static void remove(CudaStream stream) {
        STREAMS.remove(stream);
    }

    /** There is something to wait for. */
    static void signal() {
        if (resting) {
            LockSupport.unpark(thread);
        }
    }

    /** At the bundle's stop. */
    static synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
        }
    }

    private static void run() {
        while (!Thread.currentThread().isInterrupted()) {
            if (poll()) {
                LockSupport.parkNanos(INTERVAL);
                continue;
            }
            resting = true;
            if (!poll()) { // what was signalled before it was resting
                LockSupport.park();
            }
            resting = false;
        }
    }

    private static boolean poll() {
        long now = System.nanoTime();
        boolean more = false;
        for (var stream : STREAMS) {
            try {
                more |= stream.poll(now);
            } catch (RuntimeException e) { // of a stage's; the others' work goes on
                System.getLogger(Completions.class.getName())
                        .log(System.Logger.Level.ERROR, "while work of " + stream.stage() + " was concluded", e);
            }
        }
        return more;
    }

    /** Who had work on the device when it failed, those with code of the user's first. */
    static String suspects(CudaDevice device, CudaStream accuser) {
        var busy = STREAMS.stream()
                .filter(stream -> stream.device() == device && (stream.pending() > 0 || stream == accuser))
                .toList();
        var risky = busy.stream().filter(CudaStream::isRisky).toList();
        var names = (risky.isEmpty() ? busy : risky)
                .stream().map(CudaStream::stage).distinct().sorted().collect(Collectors.joining(" or "));
        return names.isEmpty() ? accuser.stage() : names;
    }

    static boolean hang(CudaDevice device) {
        return STREAMS.stream().anyMatch(stream -> stream.device() == device && stream.hangs());
    }

    /** All of the device's stages learn that it is lost; what they held is released by CUDA's thread. */
    static void failed(CudaDevice device) {
        STREAMS.stream().filter(stream -> stream.device() == device).forEach(CudaStream::failed);
        signal();
    }
}
