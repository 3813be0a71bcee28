/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.server;

/**
 * What a reader reports of its reception, by RTCP (RFC 3550, 6.4.1) or by what its protocol has instead.
 *
 * @param lost packets lost on the way so far, of all tracks; less than none where more came than were sent
 * @param lossRatio the part that was lost since the report before, of the worst track: 0 to 1
 * @param jitter interarrival jitter of the worst track, nanoseconds
 * @param roundTrip there and back, nanoseconds; 0 while it is not known
 */
public record Reception(long lost, double lossRatio, long jitter, long roundTrip) {}
