/**
 * The stage {@code muxer.file}: {@link io.levada.muxer.file.FileMuxer} decides where one file ends and the next begins, a
 * {@link io.levada.muxer.file.Recording} is one file, {@link io.levada.muxer.file.FileName} names it. Private to its bundle.
 */
package io.levada.muxer.file;
