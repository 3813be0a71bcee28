/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.analyzer.track;

/**
 * A Kalman filter of one coordinate that moves at a constant speed but for white noise. Lengths are in units of the
 * followed thing's own size, which makes the noise the same for near and far things.
 */
final class Coordinate {

    /** Standard deviation of what a detector measures. */
    private static final double MEASURED = 0.06;

    /** Deviation of the speed at first, per second: nothing is known of it. */
    private static final double FIRST_SPEED = 2;

    /** Spectral density of the acceleration: by how much the variance of the speed grows in a second. */
    private static final double ACCELERATION = 1;

    /** How much the variance of the place grows in a second beside that: things change their form. */
    private static final double WANDERING = 0.01;

    private double value;
    private double speed;
    private double valueVariance;
    private double covariance;
    private double speedVariance;

    Coordinate(double value, double size) {
        this.value = value;
        valueVariance = square(2 * MEASURED * size);
        speedVariance = square(FIRST_SPEED * size);
    }

    private static double square(double x) {
        return x * x;
    }

    double value() {
        return value;
    }

    /** Per second. */
    double speed() {
        return speed;
    }

    /** From here on it stays as it is. */
    void rest() {
        speed = 0;
    }

    void predict(double seconds, double size) {
        double unit = size * size;
        value += speed * seconds;
        valueVariance += seconds * (2 * covariance + seconds * speedVariance)
                + unit * (WANDERING * seconds + ACCELERATION * seconds * seconds * seconds / 3);
        covariance += seconds * speedVariance + unit * ACCELERATION * seconds * seconds / 2;
        speedVariance += unit * ACCELERATION * seconds;
    }

    void correct(double measured, double size) {
        double innovation = measured - value;
        double total = valueVariance + square(MEASURED * size);
        double gain = valueVariance / total;
        double speedGain = covariance / total;
        value += gain * innovation;
        speed += speedGain * innovation;
        speedVariance -= speedGain * covariance;
        covariance *= 1 - gain;
        valueVariance *= 1 - gain;
    }
}
