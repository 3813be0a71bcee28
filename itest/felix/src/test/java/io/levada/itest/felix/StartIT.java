/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.felix;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;

/** The bundles of the distribution come up in Felix. */
public class StartIT extends NodeTest {

    @Test
    public void everyBundleIsActiveAndEveryFragmentAttached() {
        var idle = Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getState() != wanted(bundle))
                .map(bundle -> bundle + " " + bundle.getState())
                .toList();
        assertEquals(List.of(), idle);
    }

    private static int wanted(Bundle bundle) {
        return bundle.getHeaders("").get(Constants.FRAGMENT_HOST) == null ? Bundle.ACTIVE : Bundle.RESOLVED;
    }

    @Test
    public void theStagesOfItsBundlesCanBeUsed() {
        var types = pipelines.stageTypes().stream().map(type -> type.name()).toList();
        assertTrue(
                types.toString(),
                types.containsAll(List.of("source.media", "decoder", "decoder.ffmpeg", "sink.null", "sink.events")));
    }
}
