/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.stream;

import io.netty.channel.ChannelHandlerContext;
import java.util.Collection;
import java.util.Map;

/** A reader on the RTSP connection itself (RFC 2326, 10.12). */
public final class TcpReader extends Reader {

    private final ChannelHandlerContext context;

    /** The RTP channel of each track by its number; RTCP has the next one. */
    private final int[] channels;

    /** Whether the channels are those that batches name already: then a batch is one write. */
    private final boolean usual;

    /**
     * @param context where bytes are written past the RTSP encoder
     * @param channels the RTP channel of each track
     */
    public TcpReader(
            ChannelHandlerContext context,
            Mount mount,
            Map<TrackDescription, Integer> channels,
            long resumeAfter,
            Owner owner) {
        super(context.channel().eventLoop(), mount, channels.keySet(), resumeAfter, owner);
        this.context = context;
        this.channels = new int[1 + highest(channels.keySet())];
        boolean same = true;
        for (var entry : channels.entrySet()) {
            int id = entry.getKey().id();
            this.channels[id] = entry.getValue();
            same &= entry.getValue() == RtpBatch.channel(id);
        }
        this.usual = same;
    }

    private static int highest(Collection<TrackDescription> tracks) {
        return tracks.stream().mapToInt(TrackDescription::id).max().orElse(0);
    }

    @Override
    boolean writable() {
        return context.channel().isWritable();
    }

    @Override
    boolean ready(RtpBatch next) {
        return writable();
    }

    @Override
    boolean send(RtpBatch batch) {
        write(batch);
        return true;
    }

    @Override
    void sendReport(RtpBatch report) {
        if (writable()) {
            write(report);
        }
    }

    private void write(RtpBatch batch) {
        if (usual) {
            context.write(batch.frames().retainedDuplicate(), context.voidPromise());
            return;
        }
        int channel = channels[batch.track()] + (batch.rtcp() ? 1 : 0);
        context.write(forms().frames(batch, channel).retainedDuplicate(), context.voidPromise());
    }

    @Override
    void flush() {
        context.flush();
    }

    /** The socket takes bytes again. */
    public void drained() {
        check();
    }
}
