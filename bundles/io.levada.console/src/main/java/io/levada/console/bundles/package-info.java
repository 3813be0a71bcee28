/**
 * The console's own page of bundles, as it stands to plugins: what is uploaded, updated or uninstalled there goes by the service
 * {@link io.levada.api.pipeline.Plugins}, so that {@code plugins/} and the page never differ. Other bundles are the page's.
 */
package io.levada.console.bundles;
