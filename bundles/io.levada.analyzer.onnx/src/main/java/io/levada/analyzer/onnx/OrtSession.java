/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.onnxruntime.AllocatorWithDefaultOptions;
import org.bytedeco.onnxruntime.IoBinding;
import org.bytedeco.onnxruntime.MemoryInfo;
import org.bytedeco.onnxruntime.OrtAllocator;
import org.bytedeco.onnxruntime.OrtCUDAProviderOptions;
import org.bytedeco.onnxruntime.RunOptions;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.SessionOptions;
import org.bytedeco.onnxruntime.TypeInfo;
import org.bytedeco.onnxruntime.Value;
import org.bytedeco.onnxruntime.global.onnxruntime;

/** A model in ONNX Runtime on one device. {@link #run} is for one thread at a time; everything else for any. */
final class OrtSession implements AutoCloseable {

    private final Session session;
    private final ModelPort input;
    private final List<ModelPort> outputs;
    private final Map<String, String> metadata;
    /** Native code keeps pointing to these, so they are held on to. */
    private final BytePointer inputName;

    private final List<BytePointer> outputNames = new ArrayList<>();
    private final PointerPointer<BytePointer> inputNames;
    private final PointerPointer<BytePointer> outputNamesArray;
    private final MemoryInfo hostMemory =
            MemoryInfo.CreateCpu(onnxruntime.OrtArenaAllocator, onnxruntime.OrtMemTypeDefault);
    private final MemoryInfo deviceMemory;
    private final RunOptions options = new RunOptions();

    private OrtSession(Session session, String file, int cuda) throws StageException {
        this.session = session;
        this.deviceMemory = cuda < 0
                ? hostMemory
                : new MemoryInfo("Cuda", onnxruntime.OrtDeviceAllocator, cuda, onnxruntime.OrtMemTypeDefault);
        this.input = soleInput(file);
        this.outputs = ports(session.GetOutputCount(), session.GetOutputNames()::get, session::GetOutputTypeInfo);
        this.metadata = readMetadata();
        inputName = new BytePointer(input.name());
        inputNames = new PointerPointer<>(new BytePointer[] {inputName}); // given alone it would be cast
        outputs.forEach(output -> outputNames.add(new BytePointer(output.name())));
        outputNamesArray = new PointerPointer<>(outputNames.toArray(BytePointer[]::new));
    }

    /**
     * Opens a model.
     *
     * @param cuda the GPU's index, or -1 for the CPU
     * @param stream on which it works on the GPU
     * @throws StageException saying what is wrong with the file
     */
    static OrtSession open(ModelKey key, int cuda, long stream) throws StageException {
        var env = OrtLibrary.env();
        try (var options = new SessionOptions();
                var path = new BytePointer(key.file().toString())) {
            options.SetIntraOpNumThreads(threads(key.threads()));
            options.AddConfigEntry("session.intra_op.allow_spinning", "0"); // cores are for others while nothing comes
            if (cuda >= 0) {
                useCuda(options, cuda, stream);
            }
            var session = new Session(env, path, options);
            try {
                return new OrtSession(session, key.file().toString(), cuda);
            } catch (StageException | RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (RuntimeException e) { // Ort::Exception
            throw ModelErrors.opening(key.file(), cuda, e);
        }
    }

    private static int threads(int wanted) {
        return wanted > 0 ? wanted : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    private static void useCuda(SessionOptions options, int device, long stream) {
        try (var cuda = new OrtCUDAProviderOptions();
                var handle = new Address(stream)) {
            cuda.device_id(device);
            cuda.cudnn_conv_algo_search(
                    onnxruntime.OrtCudnnConvAlgoSearchHeuristic); // trying out takes seconds a shape
            cuda.arena_extend_strategy(1); // as much as is asked for: others need memory, too
            cuda.do_copy_in_default_stream(1);
            cuda.has_user_compute_stream(1);
            cuda.user_compute_stream(handle);
            options.AppendExecutionProvider_CUDA(cuda);
        }
    }

    /** An address of others', as JavaCPP wants it. */
    private static final class Address extends Pointer {

        Address(long at) {
            address = at;
        }
    }

    private interface Names {
        BytePointer at(long index);
    }

    private interface Types {
        TypeInfo at(long index);
    }

    private ModelPort soleInput(String file) throws StageException {
        var inputs = ports(session.GetInputCount(), session.GetInputNames()::get, session::GetInputTypeInfo);
        if (inputs.size() != 1) {
            throw StageException.invalid(
                            file + " has " + inputs.size() + " inputs, " + inputs + "; analyzer.onnx fills one")
                    .parameter("model")
                    .remedy("export the model with the picture as its only input");
        }
        return inputs.get(0);
    }

    private static List<ModelPort> ports(long count, Names names, Types types) {
        var ports = new ArrayList<ModelPort>();
        for (long i = 0; i < count; i++) {
            try (var type = types.at(i)) {
                var info = type.GetTensorTypeAndShapeInfo();
                ports.add(OrtTypes.port(names.at(i).getString(), info.GetElementType(), info.GetShape()));
            }
        }
        return List.copyOf(ports);
    }

    private Map<String, String> readMetadata() {
        var all = new HashMap<String, String>();
        var allocator = new AllocatorWithDefaultOptions();
        try (var meta = session.GetModelMetadata()) {
            for (var key : List.of("names", "task", "stride", "imgsz", "description", "author", "version")) {
                var value =
                        meta.LookupCustomMetadataMapAllocated(key, new OrtAllocator(allocator.asUnownedAllocator()));
                if (value != null && !value.isNull()) {
                    all.put(key, value.getString());
                }
            }
        }
        return Map.copyOf(all);
    }

    ModelPort input() {
        return input;
    }

    List<ModelPort> outputs() {
        return outputs;
    }

    /** What the exporter wrote, such as {@code names}. */
    Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Runs the model once.
     *
     * @param rows how many readers the answer will have
     * @param elements in host memory, native byte order; not touched by others until this returns
     * @param shape of the input
     * @throws IllegalStateException with the runtime's message
     */
    Answer run(int rows, BytePointer elements, long bytes, long... shape) {
        try (var value = Value.CreateTensor(
                hostMemory.asOrtMemoryInfo(), elements, bytes, shape, shape.length, OrtTypes.number(input.dtype()))) {
            var results = session.Run(options, inputNames, value, 1, outputNamesArray, outputs.size());
            return new HostOutputs(OrtTypes.values(results), outputs, rows);
        } catch (RuntimeException e) { // Ort::Exception
            throw new IllegalStateException(ModelErrors.text(e), e);
        }
    }

    /** Runs it once about nothing. */
    void warmUp(ModelSpec spec, int rows) {
        long bytes = (long) rows * spec.rowBytes();
        var shape = spec.rowShape();
        shape[0] = rows;
        try (var grey = new BytePointer(bytes)) {
            grey.zero();
            run(1, grey, bytes, shape).release();
        }
    }

    /**
     * Runs the model once on a GPU; the answer is in host memory when this returns.
     *
     * @param elements in the GPU's memory, written by earlier work of the session's stream
     * @see #run
     */
    Answer runOn(BytePointer elements, int rows, long bytes, long... shape) {
        return new HostOutputs(bound(hostMemory, elements, bytes, shape), outputs, rows);
    }

    /**
     * Runs the model once on a GPU, where what it puts out stays. It waits for the GPU, although what follows is on the same
     * stream: told not to ({@code disable_synchronize_execution_providers}), the runtime gives back host memory in a callback of
     * CUDA's, which is forbidden and ends the process.
     *
     * @see #runOn
     */
    DeviceOutputs runOnDevice(BytePointer elements, long bytes, long... shape) {
        return new DeviceOutputs(bound(deviceMemory, elements, bytes, shape), outputs);
    }

    private List<Value> bound(MemoryInfo where, BytePointer elements, long bytes, long... shape) {
        try (var binding = new IoBinding(session);
                var value = Value.CreateTensor(
                        deviceMemory.asOrtMemoryInfo(),
                        elements,
                        bytes,
                        shape,
                        shape.length,
                        OrtTypes.number(input.dtype()))) {
            binding.BindInput(inputName, value);
            for (var output : outputNames) {
                binding.BindOutput(output, where.asOrtMemoryInfo());
            }
            session.Run(options, binding);
            return OrtTypes.values(binding.GetOutputValues());
        } catch (RuntimeException e) { // Ort::Exception
            throw new IllegalStateException(ModelErrors.text(e), e);
        }
    }

    /** After the loss of its GPU: what it has there stays, for ONNX Runtime ends the process where it can't free that. */
    void abandon() {
        session.deallocate(false);
        close();
    }

    @Override
    public void close() {
        session.close();
        inputNames.close();
        outputNamesArray.close();
        inputName.close();
        outputNames.forEach(Pointer::close);
        deviceMemory.close();
        hostMemory.close();
        options.close();
    }
}
