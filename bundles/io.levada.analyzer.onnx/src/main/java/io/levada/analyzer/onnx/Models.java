/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** The node's models: one session for each, whoever uses it. Notices when a model's file changes. */
@Component(service = Models.class)
public final class Models {

    private static final long LOOK_MILLIS = 500;

    private final Gpus gpus;
    private final Map<ModelKey, SharedModel> models = new ConcurrentHashMap<>();
    private final ScheduledExecutorService watch;

    @Activate
    public Models() {
        this(Gpus.NODE);
    }

    Models(Gpus gpus) {
        this.gpus = gpus;
        watch = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "levada-onnx-models");
            thread.setDaemon(true);
            return thread;
        });
        watch.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        List.copyOf(models.values()).forEach(SharedModel::look);
    }

    /**
     * The model, opened if nobody has yet; the caller {@link #release}s it. Who comes while another opens the same model
     * waits for that; other models are not held up. One whose GPU is lost is left to those who still use it.
     */
    SharedModel use(ModelKey key, ModelUser user) throws StageException {
        while (true) {
            var model = models.computeIfAbsent(key, fresh -> new SharedModel(fresh, gpus));
            try {
                if (model.use(user)) {
                    return model;
                }
            } finally {
                forget(model);
            }
        }
    }

    void release(SharedModel model, ModelUser user) {
        model.leave(user);
        forget(model);
    }

    /** When nobody uses it any more. */
    private void forget(SharedModel model) {
        if (model.over()) {
            models.remove(model.key(), model);
        }
    }

    @Deactivate
    void stop() {
        watch.shutdownNow();
    }
}
