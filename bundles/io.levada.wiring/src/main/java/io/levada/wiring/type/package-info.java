/** The stage types that bundles provide, their ports and parameters, and the check of a definition against them. */
package io.levada.wiring.type;
