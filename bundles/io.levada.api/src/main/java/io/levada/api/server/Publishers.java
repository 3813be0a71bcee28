/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.api.server;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Those who publish streams to one server. Each server of the node that takes streams registers a service of its own.
 * Thread-safe; nothing here waits, and every call returns a picture of that moment.
 */
@ConsumerType
public interface Publishers {

    /** Who publishes, the oldest first. */
    List<PublisherStatus> publishers();
}
