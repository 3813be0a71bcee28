/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** The listener's configuration, PID {@code io.levada.server.rtsp}. */
@ObjectClassDefinition(
        id = RtspServer.PID,
        name = "RTSP server",
        description =
                "The node's one RTSP listener. Host, port and who is let in can be changed while it runs, the rest takes"
                        + " effect with the next start of the bundle.")
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
            description = "A client more than this from one address, or one IPv6 network of 64 bits, is not let in;"
                    + " programs on this machine are not counted",
            min = "1",
            max = "1000000")
    int max$_$connections$_$per$_$address() default 1024;

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

    @AttributeDefinition(
            description =
                    "Who may read streams that say nothing of their own: auto (everybody on this machine, from elsewhere"
                            + " the users of this node), anyone, users, nobody, or names of users with commas between them")
    String read() default "auto";

    @AttributeDefinition(
            description =
                    "How users sign in: basic, digest or both. Basic sends the password as it is: use it with TLS or"
                            + " in a network of your own. Digest does not, but the node then keeps secrets that are as good as"
                            + " passwords, of users whose password is set after it was switched on")
    String authentication() default "basic";

    @AttributeDefinition(
            description = "The networks whose connections are taken, such as 10.0.0.0/8, 192.0.2.7; empty for all")
    String allow() default "";

    @AttributeDefinition(description = "The networks whose connections are not taken, whatever is allowed")
    String deny() default "";

    @AttributeDefinition(
            description = "The multicast groups that streams are sent to for those who ask for it, such as"
                    + " 239.255.42.0/24; empty for none. Whoever is in the network can take part")
    String multicast() default "";

    @AttributeDefinition(
            description = "The first of the UDP ports of a group; each track has two",
            min = "1024",
            max = "65000")
    int multicast$_$port() default 5000;

    @AttributeDefinition(description = "How many routers packets to a group may pass", min = "0", max = "255")
    int multicast$_$ttl() default 1;

    @AttributeDefinition(
            description = "The name of the network interface that packets to groups leave by; empty for the host's")
    String multicast$_$interface() default "";

    @AttributeDefinition(
            description = "The TCP port of RTSP over TLS (rtsps, usually 322); 0 for none",
            min = "0",
            max = "65535")
    int tls$_$port() default 0;

    @AttributeDefinition(
            description =
                    "A PEM file with the server's certificate and those of its issuers; read again when it changes")
    String tls$_$certificate() default "";

    @AttributeDefinition(description = "A PEM file with the certificate's private key (PKCS 8)")
    String tls$_$key() default "";

    @AttributeDefinition(description = "A PKCS 12 file with certificate and key, instead of the PEM files")
    String tls$_$keystore() default "";

    @AttributeDefinition(
            description = "The password of the key or the key store, best as $[secret:NAME]",
            type = AttributeType.PASSWORD)
    String tls$_$password() default "";
}
