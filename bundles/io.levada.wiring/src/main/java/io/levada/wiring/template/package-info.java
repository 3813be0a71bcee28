/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/** Templates of pipelines: one file that many pipelines are made of, each with its own parameters. */
package io.levada.wiring.template;
