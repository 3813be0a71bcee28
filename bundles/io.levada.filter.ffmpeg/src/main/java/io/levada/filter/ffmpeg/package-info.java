/**
 * The stage {@code filter.ffmpeg}: any chain of libavfilter between frames and frames, for video and audio. Private.
 */
package io.levada.filter.ffmpeg;
