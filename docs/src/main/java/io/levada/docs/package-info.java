/** Writes the part of the documentation that is generated in the build. */
package io.levada.docs;
