/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.*;

import io.levada.api.stage.NearMiss;
import io.levada.api.stage.StageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVOption;
import org.bytedeco.javacpp.Pointer;

/**
 * Options of libav as an AVDictionary. libav takes out of it what it knows, so that what is left after opening is what
 * nobody knew. One thread; close it.
 */
public final class Options implements AutoCloseable {

    private AVDictionary dictionary = new AVDictionary(null);

    private Options() {}

    public static Options of(Map<String, String> options) {
        var result = new Options();
        options.forEach(result::put);
        return result;
    }

    public Options put(String key, String value) {
        if (av_dict_set(dictionary, key, value, 0) < 0) {
            throw new OutOfMemoryError("av_dict_set");
        }
        return this;
    }

    /** For libav's functions that take {@code AVDictionary **}. */
    public AVDictionary dictionary() {
        return dictionary;
    }

    /** What libav has not taken. */
    public Map<String, String> left() {
        var left = new TreeMap<String, String>();
        for (var entry = av_dict_iterate(dictionary, null); entry != null; entry = av_dict_iterate(dictionary, entry)) {
            left.put(entry.key().getString(), entry.value().getString());
        }
        return left;
    }

    /**
     * Says that an option was not known, once something was opened with them.
     *
     * @param prefix what stands before an option in the pipeline file, {@code ffmpeg.}
     * @param opened the AVClass-bearing contexts that were opened, for near misses; nulls are skipped
     * @throws StageException of kind INVALID that names the parameter and, if there is one, what may have been meant
     */
    public void requireAllTaken(String prefix, Pointer... opened) throws StageException {
        requireAllTaken(prefix, names(opened));
    }

    /** The same for a caller that has closed its contexts already and remembers their {@link #names}. */
    public void requireAllTaken(String prefix, List<String> known) throws StageException {
        for (var key : left().keySet()) {
            var problem = StageException.invalid("FFmpeg knows no option " + key + " here" + NearMiss.hint(key, known))
                    .parameter(prefix + key);
            var near = NearMiss.of(key, known);
            throw near.isPresent() ? problem.remedy("write " + prefix + near.get() + " or leave it out") : problem;
        }
    }

    /** The names of all options of contexts that begin with an AVClass, those of their children included. */
    public static List<String> names(Pointer... contexts) {
        var names = new ArrayList<String>();
        for (var context : contexts) {
            if (context != null && !context.isNull()) {
                collect(context, names);
            }
        }
        return names;
    }

    private static void collect(Pointer context, List<String> names) {
        for (AVOption option = av_opt_next(context, null); option != null; option = av_opt_next(context, option)) {
            if (option.type() != AV_OPT_TYPE_CONST) {
                names.add(option.name().getString());
            }
        }
        for (var child = av_opt_child_next(context, null); child != null; child = av_opt_child_next(context, child)) {
            collect(child, names);
        }
    }

    @Override
    public void close() {
        av_dict_free(dictionary);
        dictionary = new AVDictionary(null);
    }
}
