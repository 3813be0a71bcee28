/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.onnx;

import io.levada.api.media.Format;
import io.levada.api.media.Memory;
import io.levada.api.media.Sample;
import io.levada.api.media.TensorFormat;
import io.levada.api.media.VideoFormat;
import io.levada.api.stage.Analyzer;
import io.levada.api.stage.EventSink;
import io.levada.api.stage.StageContext;
import io.levada.api.stage.StageException;
import io.levada.api.stage.StageType;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * Asks a neural network about pictures or tensors. It answers later: the questions of all stages that use the same model are
 * gathered into batches.
 */
@Component(scope = ServiceScope.PROTOTYPE, configurationPolicy = ConfigurationPolicy.IGNORE)
@StageType(
        value = "analyzer.onnx",
        accepts = {"frame:video@any", "tensor@any"})
@Designate(ocd = OnnxAnalyzer.Config.class)
public final class OnnxAnalyzer implements Analyzer<Sample> {

    /** Its parameters; for another model, device, threads or largest batch an instance beside this one takes over. */
    @ObjectClassDefinition(
            name = "ONNX model",
            description = "Finds what a model was trained to find: boxes (YOLOv8, YOLO11), classes or plain values")
    public @interface Config {

        @AttributeDefinition(name = "Model", description = "The .onnx file; a changed file is taken while it runs")
        String model();

        @AttributeDefinition(
                name = "Device",
                description =
                        "auto, cpu, cuda or cuda:1; auto is a GPU where ONNX Runtime's CUDA natives are there, the one that the"
                                + " pictures are on")
        String device() default "auto";

        @AttributeDefinition(
                name = "Threads",
                description = "Cores that one run on the CPU may use; 0 for half of them",
                min = "0",
                max = "256")
        int threads() default 0;

        @AttributeDefinition(
                name = "Largest batch",
                description = "The most pictures of all pipelines that are asked about in one run;"
                        + " 0 for what suits the device: 16 on a GPU, 1 on the CPU",
                min = "0",
                max = "256")
        int max$_$batch() default 0;

        @AttributeDefinition(
                name = "Longest wait",
                description = "For how long a picture waits for those of other pipelines, to be asked about in one run")
        String max$_$wait() default "5 ms";

        @AttributeDefinition(
                name = "Task",
                description = "What the model's output says",
                options = {
                    @Option(label = "By its shape", value = "auto"),
                    @Option(label = "Boxes", value = "detect"),
                    @Option(label = "Classes", value = "classify"),
                    @Option(label = "Plain values", value = "tensor")
                })
        String task() default "auto";

        @AttributeDefinition(name = "Score", description = "The least score that counts", min = "0.001", max = "1")
        double score() default 0.4;

        @AttributeDefinition(
                name = "Overlap",
                description =
                        "Of two boxes of one class that overlap by more (intersection over union) the better stays",
                min = "0",
                max = "1")
        double overlap() default 0.5;

        @AttributeDefinition(
                name = "Classes",
                description = "Only these are told, separated by commas; all when empty",
                required = false)
        String classes() default "";

        @AttributeDefinition(
                name = "Names",
                description = "Of the classes, in their order, separated by commas; those in the model when empty",
                required = false)
        String names() default "";

        @AttributeDefinition(
                name = "Most objects",
                description = "The most boxes in one picture; the best ones stay",
                min = "1",
                max = "1000")
        int max$_$objects() default 100;

        @AttributeDefinition(
                name = "Top",
                description = "How many classes a classification tells",
                min = "1",
                max = "100")
        int top() default 1;

        @AttributeDefinition(
                name = "Fit",
                description = "How pictures are brought to the model's size",
                options = {
                    @Option(label = "Whole, with grey (114) beside it", value = "letterbox"),
                    @Option(label = "Stretched", value = "stretch"),
                    @Option(label = "Cut off at the sides", value = "crop")
                })
        String fit() default "letterbox";

        @AttributeDefinition(
                name = "Order",
                description = "Which colour the model wants first",
                options = {@Option(label = "Red", value = "rgb"), @Option(label = "Blue", value = "bgr")})
        String order() default "rgb";

        @AttributeDefinition(
                name = "Scale",
                description = "Colours, 0 to 255, are multiplied by it; a number or a fraction")
        String scale() default "1/255";

        @AttributeDefinition(
                name = "Mean",
                description = "Subtracted after that: one number, or one each for red, green and blue")
        String mean() default "0";

        @AttributeDefinition(
                name = "Standard deviation",
                description = "Divides after that: one number, or one each for red, green and blue")
        String std() default "1";
    }

    private final Models models;
    private StageContext context;
    private ModelKey key;
    private volatile Settings settings;
    private volatile Optional<TensorFormat> tensors = Optional.empty();
    private SharedModel model;
    private final ModelUser user = new User();
    private Questions questions;

    @Activate
    public OnnxAnalyzer(@Reference Models models) {
        this.models = models;
    }

    @Override
    public void open(StageContext opened) throws StageException {
        context = opened;
        var config = opened.config(Config.class);
        settings = Settings.of(config);
        key = key(config);
        ask(models.use(key, user));
        if (!model.device().gpu()) {
            opened.takes(Memory.Kind.HOST);
        }
    }

    /** This model is asked from now on. */
    private void ask(SharedModel used) throws StageException {
        model = used;
        var asking = new Questions(used, settings, context.id(), context::wake);
        questions = asking;
        var figures = used.figures();
        context.gauge("batches", figures::batches);
        context.gauge("batch-rows", figures::latest);
        context.gauge("batch-p50-us", () -> figures.micros(50));
        context.gauge("batch-p99-us", () -> figures.micros(99));
        context.gauge("queue", figures::queued);
        context.gauge("model-changes", used::changes);
        context.gauge("device", () -> used.device().cuda());
        context.gauge("pending", asking::pending);
        context.gauge("candidates-dropped", asking::beyond);
        context.explain("on " + used.device());
    }

    /** Where the user leaves open which GPU, it is the one that the content is on. */
    private void follow(Memory.Kind memory, int device) throws StageException {
        boolean elsewhere = memory == Memory.Kind.CUDA
                && model.device().gpu()
                && model.device().cuda() != device;
        if (elsewhere && key.device().equals("auto")) {
            var there = models.use(key.on(device), user);
            questions.close();
            questions = null;
            models.release(model, user);
            ask(there);
        }
    }

    private ModelKey key(Config config) {
        var file = context.resolve(config.model()).toAbsolutePath().normalize();
        return new ModelKey(file, config.device(), config.threads(), config.max$_$batch());
    }

    /** Another model or device is opened by an instance beside this one, which takes over at a picture's boundary. */
    @Override
    public boolean reconfigure(StageContext changed) throws StageException {
        var config = changed.config(Config.class);
        var fresh = Settings.of(config);
        if (!key(config).equals(key)) {
            return false;
        }
        questions.settings(fresh);
        settings = fresh;
        return true;
    }

    @Override
    public void format(Format format) throws Exception {
        try {
            suit(format);
        } catch (StageException | RuntimeException e) {
            throw fault(e);
        }
    }

    /** A model that was left where to run goes on elsewhere when its GPU is lost: the stage is opened anew. */
    private Exception fault(Exception e) {
        var lost = key.device().equals("auto") ? model.lost() : Optional.<String>empty();
        return lost.isEmpty()
                ? e
                : StageException.retry(lost.get() + "; the model goes on elsewhere")
                        .because(e);
    }

    private void suit(Format format) throws StageException {
        if (format instanceof VideoFormat video) {
            follow(video.memory(), video.device());
            model.device().check(video.memory(), video.device(), video);
            questions.about(video);
            tensors = Optional.empty();
        } else if (format instanceof TensorFormat shape) {
            follow(shape.memory(), shape.device());
            model.device().check(shape.memory(), shape.device(), shape);
            questions.about(shape);
            tensors = Optional.of(shape);
        } else {
            throw StageException.invalid("analyzer.onnx asks about pictures and tensors, not " + format)
                    .parameter("from")
                    .remedy("let it come from a decoder, a filter of video, cpu.tensor or gpu.tensor");
        }
    }

    @Override
    public boolean later() {
        return true;
    }

    @Override
    public boolean ready() {
        return questions.room();
    }

    @Override
    public void analyze(Sample sample, EventSink events) throws Exception {
        try {
            questions.ask(sample);
        } catch (StageException | RuntimeException e) {
            throw fault(e);
        }
    }

    @Override
    public void wake(EventSink events) throws Exception {
        try {
            questions.tell(events);
        } catch (StageException | RuntimeException e) {
            throw fault(e);
        }
    }

    @Override
    public void drain(EventSink events) throws Exception {
        questions.await(events);
    }

    @Override
    public void flush() {
        questions.forget();
    }

    @Override
    public void close() {
        if (questions != null) {
            questions.close();
        }
        if (model != null) {
            models.release(model, user);
        }
    }

    /** A changed model is to fit the parameters and, where tensors come, those. */
    private final class User implements ModelUser {

        @Override
        public void check(ModelSpec changed) throws StageException {
            Readers.of(changed, settings);
            if (tensors.isPresent()) {
                changed.check(tensors.get());
            }
        }

        @Override
        public void wake() {
            context.wake();
        }

        @Override
        public void warn(String message) {
            context.warn(message);
        }
    }
}
