/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.filter.overlay.drawing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A bitmap font of the bundle's own, for printable ASCII: a server's Java may be without font libraries, and a few hundred
 * bytes serve as well.
 */
public final class Font {

    /** Columns of a glyph. */
    public static final int WIDTH = 5;

    /** Rows of a glyph, the one for descenders included. */
    public static final int HEIGHT = 8;

    /** Columns from one glyph to the next. */
    public static final int ADVANCE = WIDTH + 1;

    private static final char FIRST = ' ';
    private static final char LAST = '~';

    private static final byte[][] GLYPHS = read();

    private Font() {}

    private static byte[][] read() {
        byte[][] glyphs = new byte[LAST - FIRST + 1][];
        try (var lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Font.class.getResourceAsStream("font.txt"), "font.txt is not in the bundle"),
                StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                var words = line.split(" ");
                if (words.length >= HEIGHT && words[1].length() == WIDTH) { // others are comments
                    char glyph = words[0].equals("SP") ? ' ' : words[0].charAt(0);
                    glyphs[glyph - FIRST] = rows(words);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return glyphs;
    }

    private static byte[] rows(String... words) {
        byte[] rows = new byte[HEIGHT];
        for (int row = 0; row < words.length - 1; row++) {
            rows[row] = (byte) Integer.parseInt(words[row + 1].replace('.', '0').replace('#', '1'), 2);
        }
        return rows;
    }

    /** The runs of set pixels: bit {@code WIDTH - 1 - x} of a row is column x. What has no glyph is a question mark. */
    public static int row(char character, int row) {
        char shown = character < FIRST || character > LAST ? '?' : character;
        return GLYPHS[shown - FIRST][row];
    }
}
