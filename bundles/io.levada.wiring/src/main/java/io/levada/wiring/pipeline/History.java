/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.wiring.revision.KeptRevision;
import io.levada.wiring.revision.RevisionStore;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a pipeline ran by, and what it could go back to. Used on the pipeline's executor. */
final class History {

    private final String pipeline;
    private final RevisionStore store;
    private final UnaryOperator<Map<String, String>> secrets;

    private Optional<Offer> onTrial = Optional.empty();
    private boolean proven;

    /** @param secrets fills placeholders in */
    History(String pipeline, RevisionStore store, UnaryOperator<Map<String, String>> secrets) {
        this.pipeline = pipeline;
        this.store = store;
        this.secrets = secrets;
    }

    /** The definition was started; whether it is any good, its stages will show. */
    void started(Offer offer) {
        onTrial = Optional.of(offer);
    }

    Optional<Offer> onTrial() {
        return onTrial;
    }

    /** The definition that was started is good. */
    void passed() {
        onTrial.ifPresent(this::keep);
        onTrial = Optional.empty();
    }

    /** It is not, and does not run any more. */
    void failed() {
        onTrial = Optional.empty();
    }

    /** The definition has taken the place of another, of which nobody knows yet unless it was on trial. */
    void taken(Offer offer, Verdict before) {
        if (before != Verdict.BAD) {
            passed();
        }
        failed();
        keep(offer);
    }

    /** The same definition once more, maybe in other words. */
    void repeated(Offer offer) {
        if (onTrial.isPresent()) {
            onTrial = Optional.of(offer);
        } else {
            keep(offer);
        }
    }

    private void keep(Offer offer) {
        proven = true;
        if (!offer.raw().isEmpty()) {
            store.add(pipeline, offer.origin().words(), offer.raw(), offer.configured());
        }
    }

    /** What ran last before this run, unless it is what is offered, or some definition of this run was good. */
    Optional<KeptRevision> insteadOf(Offer offer) {
        return proven
                ? Optional.empty()
                : store.newest(pipeline)
                        .filter(last -> !last.removal() && !last.raw().equals(offer.raw()));
    }

    /** The keys and values that a revision runs by. */
    Map<String, String> keys(KeptRevision revision) {
        return secrets.apply(revision.raw());
    }
}
