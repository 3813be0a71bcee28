/**
 * The web console's door: who may enter, by the node's user service, and that other sites' pages can't act in it.
 * Beside it {@code /health}, for load balancers and supervisors. Nothing here is exported.
 */
package io.levada.console;
