/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.server.rtsp.auth;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Networks such as {@code 10.0.0.0/8, 2001:db8::/32, 192.0.2.7}. */
public final class Networks {

    /** None at all. */
    public static final Networks NONE = new Networks(List.of());

    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    private final List<IpSubnetFilterRule> rules;

    private Networks(List<IpSubnetFilterRule> rules) {
        this.rules = rules;
    }

    /** @throws IllegalArgumentException naming what is no network */
    public static Networks parse(String text) {
        var rules = new ArrayList<IpSubnetFilterRule>();
        for (var part : text.split(",")) {
            if (!part.isBlank()) {
                rules.add(rule(part.strip()));
            }
        }
        return new Networks(List.copyOf(rules));
    }

    private static IpSubnetFilterRule rule(String network) {
        var parts = network.split("/", 2);
        boolean four = NetUtil.isValidIpV4Address(parts[0]);
        int most = four ? IPV4_BITS : IPV6_BITS;
        try {
            int bits = parts.length < 2 ? most : Integer.parseInt(parts[1]);
            if ((four || NetUtil.isValidIpV6Address(parts[0])) && bits >= 0 && bits <= most) {
                return new IpSubnetFilterRule(parts[0], bits, IpFilterRuleType.ACCEPT);
            }
        } catch (NumberFormatException e) {
            // the message below says it
        }
        throw new IllegalArgumentException("'" + network + "' is no network such as 10.0.0.0/8 or 2001:db8::/32");
    }

    public boolean isEmpty() {
        return rules.isEmpty();
    }

    public boolean contains(InetSocketAddress address) {
        return rules.stream().anyMatch(rule -> rule.matches(address));
    }
}
