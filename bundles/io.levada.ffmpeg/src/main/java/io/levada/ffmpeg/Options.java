/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.*;

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

    /** An edit more than this and it is another word. */
    private static final int NEAR = 3;

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
            var near = nearest(key, known);
            var problem = StageException.invalid("FFmpeg knows no option " + key + " here"
                            + (near.isEmpty() ? "" : "; did you mean " + near + "?"))
                    .parameter(prefix + key);
            throw near.isEmpty() ? problem : problem.remedy("write " + prefix + near + " or leave it out");
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

    /** The name that differs least, if it differs little; else empty. */
    public static String nearest(String word, List<String> names) {
        var best = "";
        int least = Math.min(NEAR, Math.max(1, word.length() / 2)) + 1;
        for (var name : names) {
            int distance = distance(word, name);
            if (distance < least) {
                least = distance;
                best = name;
            }
        }
        return best;
    }

    /** Levenshtein's distance. */
    private static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }

    @Override
    public void close() {
        av_dict_free(dictionary);
        dictionary = new AVDictionary(null);
    }
}
