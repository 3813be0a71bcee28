/**
 * The bundles in {@code plugins/}: installed, replaced under running pipelines and removed as their files come, change and go.
 * A new version is tried beside the old one, which stays when anything fails. File Install tells of the files.
 */
package io.levada.wiring.plugin;
