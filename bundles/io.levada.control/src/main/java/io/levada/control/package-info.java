/**
 * The node's control socket: a Unix-domain socket of mode 0600 by which {@code bin/levada} reaches the node for status, stop
 * and shell. {@link io.levada.control.Connection} defines the protocol. Nothing here is exported.
 */
package io.levada.control;
