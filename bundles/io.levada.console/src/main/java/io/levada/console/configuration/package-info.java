/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Pipelines on the console's page of configurations: a form that holds the text of a pipeline's file, refused with the
 * reason when it is bad, and the pipelines by name and state.
 */
package io.levada.console.configuration;
