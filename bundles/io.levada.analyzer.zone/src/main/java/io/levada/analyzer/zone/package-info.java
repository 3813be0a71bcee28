/**
 * The stage type {@code analyzer.zone}: tells when things that are followed enter or leave zones, stay in them, or cross
 * lines, and counts. {@link io.levada.analyzer.zone.Watch} goes by geometry ({@link io.levada.analyzer.zone.Zone},
 * {@link io.levada.analyzer.zone.Line}) and keeps its counts in {@link io.levada.analyzer.zone.Counts}; nothing is exported.
 */
package io.levada.analyzer.zone;
