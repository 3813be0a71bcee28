/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.MediaKind;
import io.levada.api.stage.Transform;
import io.levada.decoder.cuda.CudaDecoder;
import io.levada.ffmpeg.test.MediaFile;
import io.levada.gpu.GpuScale;
import io.levada.gpu.GpuTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** One stream through stages in a thread of its own, as fast as it goes. */
final class Stream implements Callable<Stream.Done> {

    private final Path clip;
    private final String name;
    private final boolean tensors;

    Stream(Path clip, int number, boolean tensors) {
        this.clip = clip;
        this.name = "stream" + number;
        this.tensors = tensors;
    }

    /**
     * What a stream did.
     *
     * @param begun when its stages were open, as {@link System#nanoTime}
     */
    record Done(long frames, long begun, long ended) {}

    @Override
    public Done call() throws Exception {
        var stages = new ArrayList<Transform<?>>(List.of(new CudaDecoder()));
        var parameters = new ArrayList<Map<String, String>>(List.of(Map.of("device", "0")));
        if (tensors) {
            stages.add(new GpuScale());
            parameters.add(Map.of("width", "1280", "height", "720"));
            stages.add(new GpuTensor());
            parameters.add(Map.of("dtype", "f16"));
        }
        var end = Flow.sink();
        var out = end;
        for (int i = stages.size() - 1; i >= 0; i--) {
            stages.get(i).open(new BareContext(name + "-" + i, parameters.get(i)));
            out = Flow.into(stages.get(i), out);
        }
        try (var file = MediaFile.open(clip)) {
            int track = file.first(MediaKind.VIDEO);
            long begun = System.nanoTime();
            out.format(file.formats().get(track));
            for (var packet = file.next(track); packet != null; packet = file.next(track)) {
                out.emit(packet);
            }
            drain(stages, end);
            return new Done(end.samples(), begun, System.nanoTime());
        } finally {
            for (var stage : stages) {
                stage.close();
            }
        }
    }

    private static void drain(List<Transform<?>> stages, Flow end) throws Exception {
        for (int i = 0; i < stages.size(); i++) {
            Flow behind = end;
            for (int j = stages.size() - 1; j > i; j--) {
                behind = Flow.into(stages.get(j), behind);
            }
            stages.get(i).drain(behind);
        }
    }
}
