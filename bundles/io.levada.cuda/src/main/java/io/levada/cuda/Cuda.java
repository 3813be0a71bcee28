/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.*;

import io.levada.api.stage.StageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Loader;

/**
 * What the node has of CUDA: its devices, or why it has none. It is found out once; a driver that is installed later is
 * seen after a restart.
 */
public final class Cuda {

    /** CUDA 13's libcudart, which the bindings are linked to, runs on drivers from 580 on. */
    private static final int OLDEST_DRIVER = 13_000;

    private static Cuda node;
    private static volatile Runnable watcher = () -> {};

    private final List<CudaDevice> devices;
    private final String reason;

    private Cuda(List<CudaDevice> devices, String reason) {
        this.devices = List.copyOf(devices);
        this.reason = reason;
    }

    /** The node's; the first call looks for devices, which takes a while where there are any. */
    public static synchronized Cuda probe() {
        if (node == null) {
            node = find();
        }
        return node;
    }

    /** Whether there is a device that can be used at this moment. */
    public boolean available() {
        return devices.stream().anyMatch(device -> device.failure().isEmpty());
    }

    /** Why no device can be used, as in {@code no NVIDIA driver found}; empty when one can. */
    public String reason() {
        if (available()) {
            return "";
        }
        return devices.isEmpty() ? reason : devices.get(0).failure();
    }

    /** The devices that were found, failed ones included. */
    public List<CudaDevice> devices() {
        return devices;
    }

    /**
     * The device for a stage.
     *
     * @param wanted its index; negative for the one with the fewest streams
     * @throws StageException with the reason when it can't be had
     */
    public CudaDevice device(int wanted) throws StageException {
        if (!available()) {
            throw StageException.failed("no GPU: " + reason())
                    .remedy(
                            "use what works without one (type = decoder, encoder or tensor takes that by itself), or give"
                                    + " the node a GPU and restart it");
        }
        if (wanted >= devices.size()) {
            throw StageException.invalid("there is no GPU " + wanted + "; there are " + devices.size())
                    .parameter("device");
        }
        var device = wanted >= 0 ? devices.get(wanted) : leastLoaded();
        device.requireWhole();
        return device;
    }

    private CudaDevice leastLoaded() {
        return devices.stream()
                .filter(device -> device.failure().isEmpty())
                .min(Comparator.comparingInt(CudaDevice::streams))
                .orElseThrow();
    }

    /** Who wants to know when a device is lost, on any thread. */
    static void watch(Runnable lost) {
        watcher = lost;
    }

    static void lost() {
        watcher.run();
    }

    /**
     * In a few words: {@code NVIDIA H200}, {@code 2 x NVIDIA H200}, {@code no GPU (no NVIDIA driver found)}, and which are lost.
     */
    @Override
    public String toString() {
        if (!available()) {
            return "no GPU (" + reason() + ")";
        }
        var whole =
                devices.stream().filter(device -> device.failure().isEmpty()).toList();
        var lost = devices.stream().map(CudaDevice::failure).filter(failure -> !failure.isEmpty());
        var found =
                (whole.size() > 1 ? whole.size() + " x " : "") + whole.get(0).name();
        return Stream.concat(Stream.of(found), lost).collect(Collectors.joining("; "));
    }

    private static Cuda find() {
        if (!driverInSight()) {
            return none("no NVIDIA driver found");
        }
        try {
            Loader.load(cudart.class);
        } catch (LinkageError e) {
            return none(missing(e));
        }
        try {
            return open();
        } catch (CudaException | LinkageError e) {
            return none(e.getMessage());
        }
    }

    /** Spares machines without a card the unpacking and loading of what can't be of use. */
    private static boolean driverInSight() {
        return Loader.getPlatform().startsWith("windows")
                || Files.exists(Path.of("/dev/nvidiactl"))
                || Files.exists(Path.of("/proc/driver/nvidia/version"))
                || Files.exists(Path.of("/dev/dxg")) // Windows' own Linux
                || Files.exists(Path.of("/dev/nvhost-gpu")); // Jetson
    }

    private static String missing(LinkageError error) {
        var said = String.valueOf(error.getMessage());
        if (said.contains("libcuda.so")) {
            return "the NVIDIA driver's libcuda.so.1 was not found";
        }
        if (said.contains("cudart") && said.contains("cannot open")) {
            return "CUDA's runtime was not found: install libcudart.so.13 (package cuda-cudart-13-0)";
        }
        return "CUDA's libraries can't be loaded: " + said;
    }

    private static Cuda none(String reason) {
        return new Cuda(List.of(), reason);
    }

    private static Cuda open() {
        int initialised = cuInit(0);
        if (initialised == CUDA_ERROR_NO_DEVICE) {
            return none("the NVIDIA driver sees no GPU");
        }
        Driver.check(initialised, "starting CUDA");
        int[] number = new int[1];
        Driver.check(cuDriverGetVersion(number), "asking for the driver's version");
        if (number[0] < OLDEST_DRIVER) {
            return none("the NVIDIA driver is too old: it knows CUDA %d.%d, 13.0 is needed (driver 580 or newer)"
                    .formatted(number[0] / 1000, number[0] % 1000 / 10));
        }
        Driver.check(cuDeviceGetCount(number), "counting the devices");
        var found = new ArrayList<CudaDevice>();
        for (int i = 0; i < number[0]; i++) {
            found.add(CudaDevice.of(i));
        }
        return new Cuda(found, found.isEmpty() ? "the NVIDIA driver sees no GPU" : "");
    }
}
