/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.plugin.blocking;

import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageType;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;

/** Does not come back from its first picture. */
@Component(service = Analyzer.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "analyzer.blocking", accepts = "frame:video")
public final class Blocking implements Analyzer<VideoFrame> {

    @Override
    public void open(StageContext context) {}

    @Override
    public void analyze(VideoFrame frame, EventSink events) {
        while (true) {
            LockSupport.park(this);
        }
    }

    @Override
    public void close() {}
}
