/**
 * The stage {@code source.media}: {@link io.levada.source.media.MediaSource} opens a {@link io.levada.source.media.Location}
 * with a {@link io.levada.source.media.Demuxer}, puts its packets on one {@link io.levada.source.media.Timeline} and lets
 * the {@link io.levada.api.stage.Pacer} say when they are due. Private to its bundle.
 */
package io.levada.source.media;
