/**
 * What a user wrote: a pipeline file read into stages, their parameters and where they take their input from. Nothing here
 * knows about bundles or running stages.
 */
package io.levada.wiring.definition;
