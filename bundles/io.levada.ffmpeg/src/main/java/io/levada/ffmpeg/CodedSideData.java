/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.*;
import static org.bytedeco.ffmpeg.global.avutil.av_display_rotation_get;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.javacpp.IntPointer;

/**
 * What a container says about a track beside the codec's parameters (display matrix, mastering display, ...), as details
 * {@code side_data.NAME} in hexadecimal. The display matrix is also there as {@code rotation} in degrees, for people.
 */
final class CodedSideData {

    private static final String PREFIX = "side_data.";
    private static final int LARGEST = 64 * 1024;
    private static final int MATRIX_INTS = 9;

    private CodedSideData() {}

    static void read(AVCodecParameters parameters, Map<String, String> into) {
        for (int i = 0; i < parameters.nb_coded_side_data(); i++) {
            var data = parameters.coded_side_data().getPointer(i);
            if (data.size() > LARGEST) {
                continue;
            }
            var bytes = new byte[(int) data.size()];
            data.data().get(bytes);
            into.put(PREFIX + name(data.type()), HexFormat.of().formatHex(bytes));
            if (data.type() == AV_PKT_DATA_DISPLAYMATRIX) {
                var matrix = new int[MATRIX_INTS];
                new IntPointer(data.data()).get(matrix);
                into.put("rotation", Long.toString(Math.round(-av_display_rotation_get(matrix))));
            }
        }
    }

    static void write(Map<String, String> details, AVCodecParameters into) {
        for (int type = 0; type < AV_PKT_DATA_NB; type++) {
            var hex = details.get(PREFIX + name(type));
            if (hex != null) {
                add(type, HexFormat.of().parseHex(hex), into);
            }
        }
    }

    private static void add(int type, byte[] bytes, AVCodecParameters into) {
        var list = new AVPacketSideData(into.coded_side_data());
        try (var count = new IntPointer(1)) {
            count.put(into.nb_coded_side_data());
            var data = av_packet_side_data_new(list, count, type, bytes.length, 0);
            if (data == null) {
                throw new OutOfMemoryError("side data of " + bytes.length + " bytes");
            }
            data.data().put(bytes);
            into.coded_side_data(list).nb_coded_side_data(count.get());
        }
    }

    private static String name(int type) {
        return Formats.text(av_packet_side_data_name(type))
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "_");
    }
}
