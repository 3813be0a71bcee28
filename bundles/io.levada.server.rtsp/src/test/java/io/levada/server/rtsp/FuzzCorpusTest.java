/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import io.levada.ffmpeg.test.FuzzCorpus;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** What fuzzing found, and what it starts from: see docs/fuzzing.md. */
class FuzzCorpusTest {

    @TestFactory
    Stream<DynamicNode> inputsThatAreKeptDoNoHarm() {
        return FuzzCorpus.tests();
    }
}
