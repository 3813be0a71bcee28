/**
 * The command line {@code bin/levada}: starts a node (an OSGi framework with the bundles of the distribution) in this
 * process, or reaches a running one by its control socket. Not a bundle: it is the class path that the framework starts from.
 */
package io.levada.launcher;
