/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.plugin.missing;

import com.acme.absent.Absent;
import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageType;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;

/** Needs a class of a bundle that is not there. */
@Component(service = Analyzer.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "analyzer.missing", accepts = "frame:video")
public final class Missing implements Analyzer<VideoFrame> {

    @Override
    public void open(StageContext context) {}

    @Override
    public void analyze(VideoFrame frame, EventSink events) {
        Absent.look(frame);
    }

    @Override
    public void close() {}
}
