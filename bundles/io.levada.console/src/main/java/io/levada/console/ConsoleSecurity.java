/*
 * Copyright the Levada authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package io.levada.console;

import io.levada.api.user.Users;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.apache.felix.webconsole.spi.SecurityProvider;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * HTTP Basic (RFC 7617) over the node's users. The launcher names this provider in
 * {@code felix.webconsole.security.providers}, so that the console opens only when it is there.
 */
@Component(immediate = true, property = SecurityProvider.PROPERTY_ID + "=" + ConsoleSecurity.ID)
public final class ConsoleSecurity implements SecurityProvider {

    static final String ID = "io.levada.console";

    private static final String SCHEME = "Basic ";

    /** RFC 6585; the servlet API has no name for it. */
    private static final int TOO_MANY_REQUESTS = 429;

    private final Users users;
    private final SignInBrake brake = new SignInBrake(System::nanoTime);

    @Activate
    public ConsoleSecurity(@Reference Users users) {
        this.users = users;
    }

    @Override
    public Object authenticate(HttpServletRequest request, HttpServletResponse response) {
        try {
            if (CrossOrigin.refuses(request)) {
                response.sendError(HttpServletResponse.SC_FORBIDDEN, "A page of another site may not act here");
                return null;
            }
            var header = request.getHeader("Authorization");
            if (header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
                var address = request.getRemoteAddr();
                if (brake.refuses(address)) {
                    response.setHeader("Retry-After", Long.toString(SignInBrake.PERIOD.toSeconds()));
                    response.sendError(TOO_MANY_REQUESTS, "Too many failures to sign in; try again in a minute");
                    return null;
                }
                var user = authenticated(header.substring(SCHEME.length()).strip(), address);
                if (user != null) {
                    return user;
                }
            }
            response.setHeader("WWW-Authenticate", "Basic realm=\"Levada\", charset=\"UTF-8\"");
            response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
        } catch (IOException e) {
            request.getServletContext().log("The client is gone: " + e.getMessage());
        }
        return null;
    }

    @Override
    public boolean authorize(Object user, String role) {
        return true; // who is a user of the node may do all that the console offers
    }

    @Override
    public void logout(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader("WWW-Authenticate", "Basic realm=\"Levada\", charset=\"UTF-8\"");
        response.setStatus(HttpServletResponse.SC_UNAUTHORIZED); // makes the browser forget the password
    }

    /** The user's name, or null as the console's contract has it. */
    private String authenticated(String credentials, String address) {
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(credentials);
        } catch (IllegalArgumentException e) {
            return null;
        }
        var decodedText = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(decoded));
        var text = new char[decodedText.remaining()];
        decodedText.get(text);
        int colon = 0;
        while (colon < text.length && text[colon] != ':') {
            colon++;
        }
        if (colon == text.length) {
            return null;
        }
        var user = new String(text, 0, colon);
        var password = Arrays.copyOfRange(text, colon + 1, text.length);
        boolean right = users.authenticate(user, password);
        Arrays.fill(password, '\0');
        if (right) {
            brake.succeeded(address);
            return user;
        }
        brake.failed(user, address);
        return null;
    }
}
