/**
 * Gogo commands of the scope {@code levada}: {@code pipelines}, {@code stages}, {@code check} and {@code stats}, readable in
 * 100 columns. {@code Commands} is what Gogo sees, the {@code ...Text} classes say what is shown. Private to its bundle;
 * {@code StageText} also makes docs/stages.md in the build.
 */
package io.levada.shell;
