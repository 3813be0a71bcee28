/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.levada.api.media.Event;
import io.levada.api.media.Region;
import io.levada.api.media.TimeBase;
import io.levada.testkit.StageHarness;
import io.levada.testkit.Stamps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Scenes of which the truth is known: people walk through the picture, stop and turn, pass in front of each other, and a
 * detector finds them about where they are, misses some, is unsure of the half hidden, and sees some that are not there.
 */
class SimulatedScenesTest {

    private static final int SCENES = 20;
    private static final int PEOPLE = 8;
    private static final int PICTURES = 500;
    private static final TimeBase TIME = new TimeBase(1, 25);

    /** Someone on the way. */
    private static final class Walker {

        private final double width;
        private final double height;
        private double x;
        private double y;
        private double speedX;
        private double speedY;

        Walker(Random random) {
            height = 0.15 + 0.1 * random.nextDouble();
            width = height * 0.4;
            x = random.nextDouble();
            y = 0.2 + 0.6 * random.nextDouble();
            turn(random);
        }

        private void turn(Random random) {
            speedX = (random.nextDouble() - 0.5) * 0.012;
            speedY = (random.nextDouble() - 0.5) * 0.003;
        }

        void walk(Random random) {
            if (random.nextInt(80) == 0) {
                turn(random);
            }
            x += speedX;
            y += speedY;
            speedX = x < 0.05 ? Math.abs(speedX) : x > 0.95 ? -Math.abs(speedX) : speedX;
            speedY = y < 0.2 ? Math.abs(speedY) : y > 0.8 ? -Math.abs(speedY) : speedY;
        }

        /** How much of this one is behind another, who is nearer when lower in the picture. */
        double hidden(Walker other) {
            if (other == this || other.y + other.height / 2 < y + height / 2) {
                return 0;
            }
            double across = Math.min(x + width / 2, other.x + other.width / 2)
                    - Math.max(x - width / 2, other.x - other.width / 2);
            double down = Math.min(y + height / 2, other.y + other.height / 2)
                    - Math.max(y - height / 2, other.y - other.height / 2);
            return across <= 0 || down <= 0 ? 0 : across * down / (width * height);
        }

        Region found(double score, Random random) {
            double shake = 0.04;
            double wide = width * (1 + shake * random.nextGaussian());
            double high = height * (1 + shake * random.nextGaussian());
            double centreX = x + shake * width * random.nextGaussian();
            double centreY = y + shake * height * random.nextGaussian();
            return new Region("person", score, centreX - wide / 2, centreY - high / 2, wide, high);
        }
    }

    /** What came of the tracks of all scenes. */
    private static final class Score {

        private int switches;
        private int seen;
        private int followed;
        private int wrong;

        @Override
        public String toString() {
            return switches + " switches, " + followed + " of " + seen + " finds followed, " + wrong
                    + " tracks of nothing";
        }
    }

    private static Score follow(long seed, double missed, double ghosts) {
        var random = new Random(seed);
        var score = new Score();
        var people = new ArrayList<Walker>();
        for (int i = 0; i < PEOPLE; i++) {
            people.add(new Walker(random));
        }
        Map<Walker, Long> known = new HashMap<>();
        Set<Long> ofNothing = new HashSet<>();
        try (var stage = StageHarness.of(new TrackAnalyzer())) {
            for (int picture = 0; picture < PICTURES; picture++) {
                people.forEach(walker -> walker.walk(random));
                Map<Region, Walker> truth = detect(people, random, missed);
                var event = Event.about(Stamps.at(TIME, picture));
                truth.keySet().forEach(event::region);
                if (random.nextDouble() < ghosts) {
                    event.region(new Walker(random).found(0.3 + 0.5 * random.nextDouble(), random));
                }
                stage.clear();
                stage.feed(event.build());
                var tracked = stage.events().list().stream()
                        .filter(result -> result.subject().equals("track"))
                        .flatMap(result -> result.regions().stream())
                        .toList();
                assertEquals(
                        tracked.size(),
                        tracked.stream().map(Region::track).distinct().count(),
                        "no number twice in a picture");
                compare(tracked, truth, known, ofNothing, score);
            }
        }
        score.wrong = ofNothing.size();
        return score;
    }

    private static Map<Region, Walker> detect(List<Walker> people, Random random, double missed) {
        Map<Region, Walker> truth = new LinkedHashMap<>();
        people.stream().sorted(Comparator.comparingDouble(walker -> walker.y)).forEach(walker -> {
            double hidden = people.stream().mapToDouble(walker::hidden).max().orElse(0);
            boolean lost = hidden > 0.7 || random.nextDouble() < missed;
            double sure = hidden > 0.4 ? 0.25 : 0.65 + 0.3 * random.nextDouble();
            if (!lost) {
                truth.put(walker.found(sure, random), walker);
            }
        });
        return truth;
    }

    /** Which box is whose is known, as a track's box is the one that was found. */
    private static void compare(
            List<Region> tracked,
            Map<Region, Walker> truth,
            Map<Walker, Long> known,
            Set<Long> ofNothing,
            Score score) {
        score.seen += truth.size();
        for (var region : tracked) {
            var walker = truth.get(region.tracked(Region.NO_TRACK));
            if (walker == null) {
                ofNothing.add(region.track());
                continue;
            }
            score.followed++;
            var before = known.put(walker, region.track());
            if (before != null && before != region.track()) {
                score.switches++;
            }
        }
    }

    private static Score all(double missed, double ghosts) {
        var sum = new Score();
        for (int scene = 0; scene < SCENES; scene++) {
            var score = follow(scene, missed, ghosts);
            sum.switches += score.switches;
            sum.seen += score.seen;
            sum.followed += score.followed;
            sum.wrong += score.wrong;
        }
        return sum;
    }

    @Test
    void peopleKeepTheirNumbersInFrontOfAGoodDetector() {
        var score = all(0.02, 0.05);
        assertTrue(score.switches < 0.002 * score.seen, score::toString);
        assertTrue(score.followed > 0.96 * score.seen, score::toString);
        assertTrue(score.wrong < 10, score::toString);
    }

    @Test
    void fewChangeTheirNumbersInFrontOfABadOne() {
        var score = all(0.2, 0.5);
        assertTrue(score.switches < 0.004 * score.seen, score::toString);
        assertTrue(score.followed > 0.93 * score.seen, score::toString);
        assertTrue(score.wrong < 0.03 * SCENES * PICTURES * 0.5, score::toString);
    }

    @Test
    void theSameSceneGivesTheSameNumbers() {
        assertEquals(follow(7, 0.2, 0.5).toString(), follow(7, 0.2, 0.5).toString());
    }
}
