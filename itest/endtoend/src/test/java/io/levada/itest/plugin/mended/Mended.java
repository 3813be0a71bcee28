/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.plugin.mended;

import io.levada.api.media.Event;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageType;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;

/** What follows the plugin that blocks: it tells of every picture. */
@Component(service = Analyzer.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "analyzer.blocking", accepts = "frame:video")
public final class Mended implements Analyzer<VideoFrame> {

    @Override
    public void open(StageContext context) {}

    @Override
    public void analyze(VideoFrame frame, EventSink events) {
        events.emit(Event.about(frame).subject("mended"));
    }

    @Override
    public void close() {}
}
