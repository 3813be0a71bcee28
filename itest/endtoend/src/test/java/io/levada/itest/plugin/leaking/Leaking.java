/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.plugin.leaking;

import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageType;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;

/** Keeps every picture and releases none. */
@Component(service = Analyzer.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "analyzer.leaking", accepts = "frame:video")
public final class Leaking implements Analyzer<VideoFrame> {

    private final List<VideoFrame> kept = new ArrayList<>();

    @Override
    public void open(StageContext context) {}

    @Override
    public void analyze(VideoFrame frame, EventSink events) {
        frame.retain();
        kept.add(frame);
    }

    @Override
    public void close() {}
}
