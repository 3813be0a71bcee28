/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.wiring.pipeline;

import io.levada.api.pipeline.Definitions;
import io.levada.api.pipeline.InvalidDefinitionException;
import io.levada.api.pipeline.PipelineStatus;
import io.levada.api.pipeline.Pipelines;
import io.levada.api.pipeline.Problem;
import io.levada.api.pipeline.State;
import io.levada.api.stage.Credentials;
import io.levada.wiring.definition.Finding;
import io.levada.wiring.definition.LiteralPasswords;
import io.levada.wiring.definition.Text;
import io.levada.wiring.file.PipelineFiles;
import io.levada.wiring.file.PipelineText;
import io.levada.wiring.revision.KeptRevisions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.osgi.service.cm.Configuration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Definitions as files with their configurations, changed together. One change of a pipeline at a time. */
@Component
public final class FileDefinitions implements Definitions {

    private static final int LOCKS = 64;
    private static final int OUTCOME_SECONDS = 60;
    private static final String STARS = "***";

    private final List<Object> locks = Stream.generate(Object::new).limit(LOCKS).toList();
    private final PipelineFiles files;
    private final KeptRevisions revisions;
    private final Pipelines pipelines;

    @Activate
    public FileDefinitions(
            @Reference PipelineFiles files, @Reference KeptRevisions revisions, @Reference Pipelines pipelines) {
        this.files = files;
        this.revisions = revisions;
        this.pipelines = pipelines;
    }

    @Override
    public Optional<String> text(String pipeline) throws IOException {
        var text = configured(pipeline).isPresent() ? Optional.of(written(pipeline)) : Optional.<PipelineText>empty();
        return text.map(PipelineText::masked);
    }

    @Override
    public List<Problem> check(String pipeline, String text) throws IOException {
        return pipelines.check(pipeline, unmasked(pipeline, files.parse(text)).keys());
    }

    @Override
    public PipelineStatus apply(String pipeline, String text, String origin)
            throws InvalidDefinitionException, IOException {
        synchronized (lock(pipeline)) {
            var fresh = unmasked(pipeline, files.parse(text));
            refuse(stars(fresh.keys()));
            refuse(pipelines.check(pipeline, fresh.keys())); // its name as well
            var before =
                    configured(pipeline).isPresent() ? Optional.of(written(pipeline)) : Optional.<PipelineText>empty();
            var refused = write(pipeline, fresh, origin).stream()
                    .filter(FileDefinitions::isBad)
                    .toList();
            if (!refused.isEmpty() && before.isPresent()) {
                write(pipeline, before.get(), "as before what was refused");
                refuse(refused);
            }
        }
        return pipelines
                .pipeline(pipeline)
                .orElseThrow(() -> new IOException(pipeline + " was removed while it was applied"));
    }

    /** One that hangs does not hold up the others, but for a few. */
    private Object lock(String pipeline) {
        return locks.get(Math.floorMod(pipeline.hashCode(), locks.size()));
    }

    /** What waits comes to run by itself. */
    private static boolean isBad(Problem problem) {
        return problem.state() != State.WAITING;
    }

    /** Stars that no secret is known for. */
    private static List<Finding> stars(Map<String, String> keys) {
        return keys.entrySet().stream()
                .filter(entry -> hides(entry.getKey(), entry.getValue()))
                .map(entry -> Finding.invalid(
                        entry.getKey(),
                        "has stars where a password was hidden; write the password, or better $[secret:NAME]"))
                .toList();
    }

    private static boolean hides(String key, String value) {
        return value.contains(STARS) && (Credentials.namedBy(key) || value.contains(":/"));
    }

    private static void refuse(List<? extends Problem> problems) throws InvalidDefinitionException {
        var invalid = problems.stream().filter(FileDefinitions::isBad).toList();
        if (!invalid.isEmpty()) {
            throw new InvalidDefinitionException(invalid);
        }
    }

    @Override
    public void remove(String pipeline, String origin) throws IOException {
        synchronized (lock(pipeline)) {
            var configuration = configured(pipeline)
                    .orElseThrow(() -> new NoSuchElementException("there is no pipeline " + pipeline));
            revisions.origins().announce(pipeline, Map.of(), "removed by " + origin);
            configuration.delete(); // and with it the file, see WriteBack
        }
    }

    /** Returns when the pipeline has taken it, or with why it did not. */
    private List<Finding> write(String pipeline, PipelineText text, String origin) throws IOException {
        try {
            return revisions.writer().write(pipeline, text, origin).outcome().get(OUTCOME_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return List.of(); // its state says so
        } catch (ExecutionException e) {
            throw new IOException(pipeline + " could not take the definition: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + pipeline + " took the definition", e);
        }
    }

    /** The text of its file; what is configured, as text, when it has none. */
    private PipelineText written(String pipeline) throws IOException {
        var properties = configured(pipeline).map(Configuration::getProperties);
        var file = properties.flatMap(PipelineFiles::of);
        var text = file.isPresent() ? files.read(file.get()) : Optional.<String>empty();
        return text.isPresent()
                ? files.parse(text.get())
                : files.parse(files.parse("").saying(properties.map(Text::of).orElse(Map.of())));
    }

    /** With the secrets in place of the stars that were shown for them. */
    private PipelineText unmasked(String pipeline, PipelineText text) throws IOException {
        var keys = text.keys();
        if (keys.values().stream().noneMatch(value -> value.contains(STARS))) {
            return text;
        }
        var before = configured(pipeline)
                .map(known -> Text.of(known.getProperties()))
                .orElse(Map.of());
        keys.replaceAll(
                (key, value) -> before.containsKey(key) && value.equals(LiteralPasswords.masked(key, before.get(key)))
                        ? before.get(key)
                        : value);
        return files.parse(text.saying(keys));
    }

    private Optional<Configuration> configured(String pipeline) throws IOException {
        return revisions.writer().configured(pipeline);
    }
}
