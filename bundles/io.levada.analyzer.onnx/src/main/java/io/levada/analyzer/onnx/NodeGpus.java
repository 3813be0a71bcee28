/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;

/** Those that io.levada.cuda knows, for the natives of ONNX Runtime that there are. */
final class NodeGpus implements Gpus {

    @Override
    public Device first() throws StageException {
        var missing = OrtLibrary.noCuda();
        if (missing.isPresent()) {
            return new Device(-1, missing.get());
        }
        try {
            return CudaStaging.first();
        } catch (NoClassDefFoundError e) { // its import is optional
            return new Device(-1, Device.NO_BUNDLE);
        }
    }

    @Override
    public Staging staging(int index, String model) throws StageException {
        var missing = OrtLibrary.noCuda();
        if (missing.isPresent()) {
            throw StageException.invalid(missing.get())
                    .parameter("device")
                    .remedy("put the add-on io.levada.onnxruntime.native-VERSION-gpu.jar into bundles/ and restart"
                            + " the node (docs/inference.md says where it is from), or write device = cpu");
        }
        try {
            var first = CudaStaging.first();
            if (!first.gpu()) {
                throw StageException.failed("no GPU: " + first.reason())
                        .parameter("device")
                        .remedy("write device = auto or device = cpu, or give the node a GPU and restart it");
            }
            return CudaStaging.open(index, model);
        } catch (NoClassDefFoundError e) {
            throw Device.noBundle(e, "device", "write device = cpu");
        }
    }
}
