/**
 * What bundles tell the OSGi log goes into the node's log: failed components, refused configurations, framework warnings.
 * Levada's own code logs by slf4j and does not need this bundle.
 */
package io.levada.log;
