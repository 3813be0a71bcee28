/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.stage;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what a user may have meant, for messages such as {@code did you mean threshold?}. */
public final class NearMiss {

    private NearMiss() {}

    /** The valid word nearest to the given one; empty when none is near. */
    public static Optional<String> of(String given, Collection<String> valid) {
        int tolerated = Math.max(1, given.length() / 3);
        return valid.stream()
                .filter(word -> distance(given, word) <= tolerated)
                .min(Comparator.<String>comparingInt(word -> distance(given, word))
                        .thenComparing(word -> word));
    }

    /** {@code ; did you mean X?} or nothing. */
    public static String hint(String given, Collection<String> valid) {
        return of(given, valid).map(word -> "; did you mean " + word + "?").orElse("");
    }

    /** Optimal string alignment: insertions, deletions, substitutions and swapped neighbours each count one. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
