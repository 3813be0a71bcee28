/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Stages that send content one way or another without looking into it: {@code route.switch}, {@code route.gate} and
 * {@code route.throttle}. What goes on is a splice of what came in. Private to its bundle.
 */
package io.levada.route;
