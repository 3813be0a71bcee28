/**
 * The definitions that pipelines ran by: kept on disk so that neither a crash nor a loss of power takes the last good one,
 * compared, exported and gone back to. Secrets stay placeholders here.
 */
package io.levada.wiring.revision;
