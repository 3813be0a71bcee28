/**
 * The stage type {@code sink.events}: writes events as lines of JSON, to a file that is rotated by size or to the node's
 * log. Private to its bundle.
 */
package io.levada.sink.events;
