/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Who may do what: permissions, networks, and signing in by Basic (RFC 7617) and Digest (RFC 7616, and its ancestor RFC 2069).
 * Knows no request and no stream.
 */
package io.levada.server.rtsp.auth;
