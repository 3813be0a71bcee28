/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.itest.gpu;

import io.levada.api.media.Format;
import io.levada.api.media.Gap;
import io.levada.api.media.MediaKind;
import io.levada.api.media.Sample;
import io.levada.api.stage.Output;
import io.levada.api.stage.Transform;
import io.levada.ffmpeg.test.MediaFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Keeps the first that comes, beyond the life of the stages that made it. */
final class FirstSample implements Output {

    private Optional<Sample> first = Optional.empty();

    private FirstSample() {}

    /** Of a clip's video through two stages, on the first GPU if on one; the caller releases it. */
    static Sample of(Path clip, Transform<?> decoder, Transform<?> second, Map<String, String> parameters)
            throws Exception {
        var kept = new FirstSample();
        var out = Flow.into(decoder, Flow.into(second, kept));
        decoder.open(new BareContext("decoder", Map.of("device", "0")));
        second.open(new BareContext("second", parameters));
        try (var file = MediaFile.open(clip)) {
            int track = file.first(MediaKind.VIDEO);
            out.format(file.formats().get(track));
            while (kept.first.isEmpty()) {
                var packet = file.next(track);
                if (packet == null) {
                    throw new NoSuchElementException(clip + " is too short");
                }
                out.emit(packet);
            }
            return kept.first.get();
        } finally {
            for (var stage : List.of(decoder, second)) {
                stage.flush();
                stage.close();
            }
        }
    }

    @Override
    public void emit(Sample sample) {
        if (first.isEmpty()) {
            first = Optional.of(sample);
        } else {
            sample.release();
        }
    }

    @Override
    public void format(Format format) {}

    @Override
    public void gap(Gap gap) {}

    @Override
    public void flush(int epoch) {}

    @Override
    public void end() {}

    @Override
    public boolean wanted() {
        return true;
    }
}
