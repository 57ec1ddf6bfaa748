package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;

/** How a protocol that is not Farga's own wants errors to look, also those that no controller is asked about. */
public interface ErrorForm {
    /** Whether the request is of that protocol. */
    boolean covers(HttpServletRequest request);

    void write(HttpServletResponse response, HttpStatus status, String sentence) throws IOException;
}
