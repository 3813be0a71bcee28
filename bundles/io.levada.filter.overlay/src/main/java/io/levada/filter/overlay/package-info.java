/**
 * The stage type {@code filter.overlay}: draws what analyzers found on a copy of the picture. {@code Canvas} paints
 * rectangles and text in any described pixel format, {@code Boxes} keeps what is to be drawn. Private to its bundle.
 */
package io.levada.filter.overlay;
