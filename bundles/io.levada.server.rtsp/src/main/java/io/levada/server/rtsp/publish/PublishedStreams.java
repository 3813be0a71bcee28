/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.publish;

import io.levada.api.stage.Outputs;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * One publisher's stream after the other on one time line, into the tracks of a source. A track that a publisher does not have
 * is silent and does not end: those who take from it would be done for good, and the next publisher may have it again. For the
 * source's thread; the figures are for any.
 */
public final class PublishedStreams implements AutoCloseable {

    private static final long PATIENCE = 500_000_000L;

    /** What lies at least between two streams. */
    private static final long STEP = 1_000_000L;

    private final Publication publication;
    private final StageContext context;
    private volatile Optional<PublishedStream> stream = Optional.empty();
    private boolean senderClock;
    private String said = "";
    private boolean any;
    private long runningEnd;
    private int epoch;

    /** Figures of the streams before. */
    private volatile long packets;

    private volatile long bytes;
    private volatile long lost;
    private volatile long late;
    private volatile long overrun;

    /** @param senderClock whether capture times are the sender's */
    public PublishedStreams(Publication publication, StageContext context, boolean senderClock) {
        this.publication = publication;
        this.context = context;
        this.senderClock = senderClock;
    }

    /** For the next stream. */
    public void senderClock(boolean whether) {
        senderClock = whether;
    }

    /** Brings what has come, or waits a little for it; true, for there is always more to come. */
    public boolean step(Outputs outputs) throws StageException {
        if (stream.isEmpty() && !begin(outputs)) {
            return true;
        }
        var current = stream.get();
        boolean gone = current.publisher().gone().isPresent(); // asked first: what came before it is still taken
        if (!current.step()) {
            if (gone) {
                current.finish();
                end(current);
                return true;
            }
            publication.await(current.publisher().arrivals(), current.patience(PATIENCE));
        }
        if (current.started()) {
            say("");
        } else {
            say("waits for the first " + current.awaited() + " of "
                    + current.publisher().client());
        }
        return true;
    }

    private boolean begin(Outputs outputs) throws StageException {
        var next = publication.next();
        if (next.isEmpty()) {
            if (!say(publication.absence())) { // the platform learns it first
                publication.await(PATIENCE);
            }
            return false;
        }
        long start = Math.max(context.runningStart(), any ? runningEnd + STEP : 0);
        var begun = new PublishedStream(
                next.get(), context, outputs, start, any ? epoch + 1 : context.firstEpoch(), senderClock);
        any = true;
        stream = Optional.of(begun);
        return true;
    }

    /** Whether it is news. */
    private boolean say(String reason) {
        if (reason.equals(said)) {
            return false;
        }
        said = reason;
        context.waiting(reason);
        return true;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one writer
    private void end(PublishedStream ended) {
        stream = Optional.empty();
        runningEnd = ended.runningEnd();
        epoch = ended.epoch();
        packets += ended.publisher().packets();
        bytes += ended.publisher().bytes();
        lost += ended.publisher().lost();
        late += ended.late();
        overrun += ended.publisher().overrun();
        ended.close();
    }

    /** RTP packets that came. */
    public long packets() {
        return packets + now(each -> each.publisher().packets());
    }

    public long bytes() {
        return bytes + now(each -> each.publisher().bytes());
    }

    /** RTP packets that never came. */
    public long lost() {
        return lost + now(each -> each.publisher().lost());
    }

    /** RTP packets that came too late, or twice. */
    public long late() {
        return late + now(PublishedStream::late);
    }

    /** What came faster than it could be taken. */
    public long overrun() {
        return overrun + now(each -> each.publisher().overrun());
    }

    private long now(ToLongFunction<PublishedStream> figure) {
        return stream.map(each -> figure.applyAsLong(each)).orElse(0L);
    }

    @Override
    public void close() {
        stream.ifPresent(this::end);
    }
}
