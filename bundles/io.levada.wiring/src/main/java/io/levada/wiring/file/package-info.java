/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Pipelines as files: their text and where they are, written so that a killed process or a power cut leaves the old file or
 * the new one.
 */
package io.levada.wiring.file;
