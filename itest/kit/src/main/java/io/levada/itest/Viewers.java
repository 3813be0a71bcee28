/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Some who watch the same stream, by UDP and by TCP in turn, and write down what is wrong with it. */
public final class Viewers implements AutoCloseable {

    private final List<RtpReader> readers = new ArrayList<>();

    /** @param count how many */
    public Viewers(NodeProcess node, String path, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            readers.add(new RtpReader(node.rtspPort(), path, i % 2 == 0 ? Transport.UDP : Transport.TCP));
        }
    }

    /** What was wrong so far: packets that are missing or came twice, and the stream's end. */
    public List<String> faults() {
        return readers.stream().flatMap(reader -> reader.faults().stream()).toList();
    }

    public List<RtpReader> readers() {
        return readers;
    }

    @Override
    public void close() {
        readers.forEach(RtpReader::close);
    }
}
