/**
 * A node that is used hard for hours: readers and publishers come and go, pipelines change, plugins are swapped, and what the
 * process holds is written down meanwhile.
 */
package io.levada.soak;
