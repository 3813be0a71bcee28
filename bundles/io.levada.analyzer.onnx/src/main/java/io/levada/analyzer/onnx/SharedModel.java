/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model that any number of stages use, in its newest version. Thread-safe. */
final class SharedModel {

    private static final Logger LOG = LoggerFactory.getLogger(SharedModel.class);

    private final ModelKey key;
    private final Gpus gpus;
    private final Figures figures = new Figures();
    private final List<ModelUser> users = new ArrayList<>();
    private volatile Device device;
    private volatile LoadedModel current;
    private volatile int count;
    private volatile boolean over;
    private volatile long changes;
    /** The last state of the file that could not be opened. */
    private LoadedModel.Version refused;
    /** A changed file is taken once it stays as it is from one look to the next. */
    private LoadedModel.Version growing;

    SharedModel(ModelKey key, Gpus gpus) {
        this.key = key;
        this.gpus = gpus;
    }

    ModelKey key() {
        return key;
    }

    Figures figures() {
        return figures;
    }

    /** Where it runs; once somebody {@link #use uses} it. */
    Device device() {
        return device;
    }

    /** The newest version; another one when the file was changed. */
    LoadedModel current() {
        return current;
    }

    /** How often a changed file was taken. */
    long changes() {
        return changes;
    }

    int users() {
        return count;
    }

    /** Why its GPU can't be used any more; empty while it can. For those who use it. */
    Optional<String> lost() {
        return Optional.ofNullable(current).flatMap(LoadedModel::lost);
    }

    /** @return false when it is over: the last one who used it has just left, or its GPU is lost */
    synchronized boolean use(ModelUser user) throws StageException {
        over |= lost().isPresent();
        if (over) {
            return false;
        }
        over = current == null; // unless it can be opened now
        if (over) {
            current = open();
            over = false;
        }
        users.add(user);
        count = users.size();
        current.runner().stages(users.size());
        return true;
    }

    private LoadedModel open() throws StageException {
        device = Device.of(key.device(), gpus);
        if (!device.reason().isEmpty()) {
            LOG.info("{} runs on the CPU: {}", key.file(), device.reason());
        }
        try {
            return LoadedModel.open(key, device, gpus, figures);
        } catch (StageException | RuntimeException e) { // CUDA's are the latter
            if (!key.device().equals("auto") || device.cuda() < 0) {
                throw e;
            }
            var reason = e instanceof StageException ? e.getMessage() : e.toString();
            LOG.warn("{} runs on the CPU: {}", key.file(), reason);
            device = new Device(-1, reason);
            return LoadedModel.open(key, device, gpus, figures);
        }
    }

    /** With the last one it is closed, and over. */
    synchronized void leave(ModelUser user) {
        users.remove(user);
        count = users.size();
        if (users.isEmpty()) {
            over = true;
            current.close();
            current = null;
        } else {
            current.runner().stages(users.size());
        }
    }

    /** Whether nobody uses it any more, nor will: whoever wants it opens another. */
    boolean over() {
        return over;
    }

    /**
     * Looks whether the file was changed; if so, opens it beside the one at work, and puts it in its place. Wakes those who
     * wait for a run that does not end.
     */
    void look() {
        if (hangs()) {
            everybody().forEach(ModelUser::wake);
            return;
        }
        try {
            var version = LoadedModel.Version.of(key);
            if (changed(version)) {
                replace(openFit());
                LOG.info("{} was changed and is at work", key.file());
            }
        } catch (StageException e) {
            refuse(e);
        } catch (RuntimeException e) { // or nobody would look again
            refuse(StageException.invalid(key.file() + " can't be taken: " + e).because(e));
        }
    }

    private boolean hangs() {
        var now = current;
        return now != null && now.runner().hangs();
    }

    /** One that all can go on with. */
    private LoadedModel openFit() throws StageException {
        var fresh = LoadedModel.open(key, device, gpus, figures);
        try {
            for (var user : everybody()) {
                user.check(fresh.spec());
            }
            return fresh;
        } catch (StageException | RuntimeException e) {
            fresh.close();
            throw e;
        }
    }

    private synchronized List<ModelUser> everybody() {
        return List.copyOf(users);
    }

    private synchronized boolean changed(LoadedModel.Version version) {
        boolean fresh =
                current != null && lost().isEmpty() && !version.equals(current.version()) && !version.equals(refused);
        boolean settled = fresh && version.equals(growing);
        growing = fresh ? version : null;
        return settled;
    }

    private synchronized void replace(LoadedModel fresh) {
        refused = null;
        if (current == null) {
            fresh.close(); // nobody is there any more
            return;
        }
        var before = current;
        fresh.runner().stages(users.size());
        current = fresh;
        changes++;
        before.close();
    }

    private synchronized void refuse(StageException e) {
        if (growing != null && !growing.equals(refused)) {
            refused = growing;
            users.forEach(
                    user -> user.warn("the changed model is not taken, the one before goes on: " + e.getMessage()));
        }
    }
}
