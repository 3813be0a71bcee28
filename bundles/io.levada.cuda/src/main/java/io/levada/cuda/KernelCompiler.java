/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import static org.bytedeco.cuda.global.nvrtc.*;

import io.levada.api.stage.StageException;
import java.nio.charset.StandardCharsets;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** CUDA C++ to machine code, by NVRTC. There are no header files: a kernel text is whole by itself. */
final class KernelCompiler {

    private KernelCompiler() {}

    /** As in {@code 13.1}; what another version compiled is compiled again. */
    static String version() throws StageException {
        load();
        int[] major = new int[1];
        int[] minor = new int[1];
        require(nvrtcVersion(major, minor), "asking for the compiler's version");
        return major[0] + "." + minor[0];
    }

    private static void load() throws StageException {
        try {
            Loader.load(nvrtc.class);
        } catch (LinkageError e) {
            throw StageException.failed("CUDA's compiler can't be loaded: " + e.getMessage())
                    .remedy("install libnvrtc.so.13 (package cuda-nvrtc-13-0)")
                    .because(e);
        }
    }

    /** @throws StageException of kind INVALID with the compiler's lines, which name line numbers of the text */
    static byte[] compile(String name, String source, String architecture) throws StageException {
        load();
        var program = new _nvrtcProgram();
        try (var text = utf8(source);
                var file = utf8(name);
                var target = utf8("--gpu-architecture=" + architecture);
                var dialect = utf8("--std=c++17");
                var options = new PointerPointer<BytePointer>(target, dialect)) {
            require(
                    nvrtcCreateProgram(program, text, file, 0, (PointerPointer<?>) null, null),
                    "preparing to compile " + name);
            try {
                int result = nvrtcCompileProgram(program, 2, options);
                if (result != NVRTC_SUCCESS) {
                    throw StageException.invalid(
                            name + " does not compile for " + architecture + ": " + log(program, result));
                }
                return code(program, name);
            } finally {
                nvrtcDestroyProgram(program);
            }
        }
    }

    private static BytePointer utf8(String text) {
        return new BytePointer(text, StandardCharsets.UTF_8);
    }

    private static byte[] code(_nvrtcProgram program, String name) throws StageException {
        try (var size = new SizeTPointer(1)) {
            require(nvrtcGetCUBINSize(program, size), "compiling " + name);
            byte[] code = new byte[Math.toIntExact(size.get())];
            require(nvrtcGetCUBIN(program, code), "compiling " + name);
            return code;
        }
    }

    private static String log(_nvrtcProgram program, int result) {
        try (var size = new SizeTPointer(1)) {
            if (nvrtcGetProgramLogSize(program, size) != NVRTC_SUCCESS || size.get() <= 1) {
                return nvrtcGetErrorString(result).getString();
            }
            byte[] log = new byte[Math.toIntExact(size.get())];
            nvrtcGetProgramLog(program, log);
            return new String(log, 0, log.length - 1, StandardCharsets.UTF_8).strip();
        }
    }

    private static void require(int result, String doing) throws StageException {
        if (result != NVRTC_SUCCESS) {
            throw StageException.failed(
                    doing + ": " + nvrtcGetErrorString(result).getString());
        }
    }
}
