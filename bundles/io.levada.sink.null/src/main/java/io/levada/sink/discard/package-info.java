/** The stage type {@code sink.null}: takes anything and throws it away. Private to its bundle. */
package io.levada.sink.discard;
