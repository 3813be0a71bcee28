/**
 * The stage type {@code filter.overlay}: draws what analyzers found on a copy of the picture, in any described pixel format. What is
 * drawn, and where, says {@code io.levada.filter.overlay.drawing}. Private to its bundle.
 */
package io.levada.filter.overlay;
