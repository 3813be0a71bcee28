/**
 * For tests of stages that take packets: files' packets as {@code source.media} emits them. Other modules take them from this
 * module's test-jar; no product code does.
 */
package io.levada.source.media.test;
