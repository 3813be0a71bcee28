/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.cudart.CUDA_SUCCESS;
import static org.bytedeco.cuda.global.cudart.cuModuleLoadData;

import io.levada.api.stage.StageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.javacpp.BytePointer;

/** A device's kernels by their source, in memory and, as machine code by architecture, on disk. */
final class KernelStore {

    /** Where compiled kernels are kept; none until the node says where. */
    private static volatile Optional<Path> directory = Optional.empty();

    private final CudaDevice device;
    private final Map<String, CudaModule> modules = new HashMap<>();

    KernelStore(CudaDevice device) {
        this.device = device;
    }

    static void directory(Path path) {
        directory = Optional.of(path);
    }

    /** Of the context that is current. */
    synchronized CudaModule compile(String name, String source) throws StageException {
        var key = key(source);
        var module = modules.get(key);
        if (module == null) {
            module = new CudaModule(name, load(name, source, key));
            modules.put(key, module);
        }
        return module;
    }

    private String key(String source) throws StageException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(
                    (device.architecture() + '\n' + KernelCompiler.version() + '\n').getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(source.getBytes(StandardCharsets.UTF_8)), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private CUmod_st load(String name, String source, String key) throws StageException {
        var file = directory.map(path -> path.resolve(device.architecture() + "-" + key + ".cubin"));
        if (file.isPresent() && Files.isReadable(file.get())) {
            var module = new CUmod_st();
            if (link(read(file.get()), module) == CUDA_SUCCESS) {
                return module;
            }
        }
        var code = KernelCompiler.compile(name, source, device.architecture());
        file.ifPresent(path -> write(path, code));
        var module = new CUmod_st();
        Driver.check(link(code, module), "loading " + name);
        return module;
    }

    private static int link(byte[] code, CUmod_st module) {
        try (var bytes = new BytePointer(Math.max(1, code.length))) {
            bytes.put(code, 0, code.length);
            return cuModuleLoadData(module, bytes);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            return new byte[0]; // compiled anew
        }
    }

    /** A copy is all that is lost when it can't be written. */
    private static void write(Path file, byte[] code) {
        try {
            Files.createDirectories(file.getParent());
            var part = Files.createTempFile(file.getParent(), "kernel", ".part");
            Files.write(part, code);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            System.getLogger(KernelStore.class.getName())
                    .log(System.Logger.Level.WARNING, "compiled kernels can't be kept in " + file.getParent(), e);
        }
    }
}
