package org.farga.cli;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** No answer could be had from the server. */
public final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreachable(URI server, Exception cause) {
        super("cannot reach " + server + ": " + reason(cause), cause);
    }

    private static String reason(Exception cause) {
        return switch (cause) {
            case UnknownHostException e -> "there is no such host";
            case ConnectException e -> "nothing answers there";
            case SocketTimeoutException e -> "it does not answer in time";
            case SSLException e -> "no safe connection can be made (" + e.getMessage() + ")";
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        };
    }
}
