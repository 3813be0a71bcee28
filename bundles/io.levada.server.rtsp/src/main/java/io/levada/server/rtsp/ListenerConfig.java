/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** The listener's configuration, PID {@code io.levada.server.rtsp}. */
@ObjectClassDefinition(
        id = RtspServer.PID,
        name = "RTSP server",
        description =
                "The node's one RTSP listener. Host and port can be changed while it runs, the rest takes effect with"
                        + " the next start of the bundle.")
public @interface ListenerConfig {

    @AttributeDefinition(
            description = "The address to listen at. Readers on other machines need 0.0.0.0 or this machine's address")
    String host() default "127.0.0.1";

    @AttributeDefinition(description = "The TCP port", min = "0", max = "65535")
    int port() default 8554;

    @AttributeDefinition(
            description =
                    "The first of the UDP ports that packets are sent from, two for each thread; 0 for any that are free",
            min = "0",
            max = "65000")
    int udp$_$port() default 0;

    @AttributeDefinition(
            description = "How many threads serve; 0 for half as many as cores, at most 4",
            min = "0",
            max = "64")
    int threads() default 0;

    @AttributeDefinition(
            description = "How the operating system is asked; auto takes epoll where there is one",
            options = {@Option("auto"), @Option("epoll"), @Option("nio")})
    String sockets() default "auto";

    @AttributeDefinition(description = "A client more than this is not let in", min = "1", max = "1000000")
    int max$_$connections() default 4096;

    @AttributeDefinition(
            description = "After how many seconds without a sign of life a session is given up",
            min = "1",
            max = "3600")
    int session$_$timeout() default 60;

    @AttributeDefinition(
            description = "For how many milliseconds a stream that just starts is waited for",
            min = "0",
            max = "60000")
    int describe$_$wait() default 5000;

    @AttributeDefinition(
            description =
                    "How much memory all streams together may keep for new readers, such as 64 MB; auto for a third of the"
                            + " direct memory that the node may have. A stream that gets none begins new readers with the"
                            + " next keyframe")
    String gop$_$budget() default "auto";
}
