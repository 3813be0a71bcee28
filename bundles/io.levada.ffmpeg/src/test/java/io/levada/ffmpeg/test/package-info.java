/**
 * For the tests of all stages on FFmpeg (in this module's test jar): the ffmpeg program of the same build to compare with,
 * files as packets of the media model, and hashes of frames as {@code -f framemd5} computes them.
 */
package io.levada.ffmpeg.test;
