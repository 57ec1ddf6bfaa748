package org.farga.cli;

import java.net.URI;

/** What was asked for needs a person, and there is no token for one. */
final class NotSignedIn extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotSignedIn(URI server) {
        super("nobody is signed in to " + server + ". Sign in with \"farga login\", or set FARGA_TOKEN");
    }
}
