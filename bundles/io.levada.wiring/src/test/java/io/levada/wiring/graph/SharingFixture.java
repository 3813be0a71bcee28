/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.graph;

import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.wiring.graph.Shelf.Type;
import java.util.List;

/** A pipeline lobby whose stages may feed those of others. */
abstract class SharingFixture extends GraphFixture {

    static final String[] LOBBY = {
        "cam.type = source.camera", "pass.type = filter.pass", "pass.from = cam",
    };

    static final String OUT = "out.type = sink.page";

    SharingFixture() {
        shelf.put(Type.of("filter.late").accepts("packet").emits("same"), () -> new Passage(5));
        shelf.put(Type.of("route.named").accepts("packet").emits("same").alternatives(), () -> new Named(page));
    }

    /** Passes all on, and refuses to do so for {@code cam} alone. */
    private static final class Named extends Passage {

        private final Collector.Page page;

        Named(Collector.Page page) {
            this.page = page;
        }

        @Override
        public boolean reconfigure(StageContext context) throws StageException {
            if (context.from().equals(List.of("cam"))) {
                throw StageException.invalid("not cam alone");
            }
            page.write("from " + context.from());
            return true;
        }
    }

    Graph start(String name, String... lines) {
        var graph = rig.make(name, lines);
        graph.start();
        return graph;
    }
}
