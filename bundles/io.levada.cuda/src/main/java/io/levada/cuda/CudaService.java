/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.cuda;

import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says to the rest of the node what it has of CUDA: a service {@link Cuda} whose property {@code levada.gpu} is the summary
 * in words, for those who have no class of this bundle.
 */
@Component(
        service = {},
        immediate = true)
public final class CudaService {

    private static final Logger LOG = LoggerFactory.getLogger(CudaService.class);

    private final ServiceRegistration<Cuda> registration;

    @Activate
    public CudaService(BundleContext context) {
        Optional.ofNullable(context.getProperty("levada.data"))
                .ifPresent(data -> KernelStore.directory(Path.of(data, "cuda-kernels")));
        var cuda = Cuda.probe();
        LOG.info("{}{}", cuda, cuda.available() ? "" : ": software codecs");
        registration = context.registerService(Cuda.class, cuda, properties(cuda));
        Cuda.watch(() -> registration.setProperties(properties(cuda)));
    }

    private static Dictionary<String, Object> properties(Cuda cuda) {
        return new Hashtable<>(Map.of("levada.gpu", cuda.toString(), "levada.gpu.available", cuda.available()));
    }

    @Deactivate
    void deactivate() {
        Cuda.watch(() -> {});
        registration.unregister();
        Completions.stop();
    }
}
