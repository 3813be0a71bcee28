/**
 * Gogo commands of the scope {@code levada}, readable in 100 columns: {@code pipelines}, {@code stages}, {@code check} and
 * {@code stats}; {@code revisions}, {@code diff}, {@code rollback} and {@code export}. The {@code ...Commands} are what Gogo
 * sees, the {@code ...Text} classes say what is shown. Private to its bundle; {@code StageText} also makes docs/stages.md in
 * the build.
 */
package io.levada.shell;
