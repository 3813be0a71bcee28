/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.plugin.throwing;

import io.levada.api.media.VideoFrame;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageType;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.ServiceScope;

/** Throws on every third picture. */
@Component(service = Analyzer.class, scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(value = "analyzer.throwing", accepts = "frame:video")
public final class Throwing implements Analyzer<VideoFrame> {

    private int pictures;

    @Override
    public void open(StageContext context) {}

    @Override
    public void analyze(VideoFrame frame, EventSink events) {
        if (++pictures % 3 == 0) {
            throw new IllegalStateException("the third picture is too much");
        }
    }

    @Override
    public void close() {}
}
