#!/usr/bin/python3
# Copyright the Levada authors.
# SPDX-License-Identifier: Apache-2.0
"""The peer: gst-rtsp-server serving one MP4 (H.264) to every reader from one shared pipeline.

    gst_peer.py FILE.mp4 PORT        ->  rtsp://127.0.0.1:PORT/hd
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

file, port = sys.argv[1:]
Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(f"( filesrc location={file} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=1 )")
factory.set_shared(True)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)
server.set_backlog(1024)
server.get_mount_points().add_factory("/hd", factory)
server.attach(None)
GLib.MainLoop().run()
