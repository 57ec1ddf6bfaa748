package org.farga.platform;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * What every answer tells browsers, whoever gives it: a page, the API, a picture, or the server itself that could not read
 * the request. Set before anything else runs; an answer may narrow it.
 */
@Component
// After the valve that believes a proxy's word that the reader came by HTTPS.
@Order(Ordered.LOWEST_PRECEDENCE)
class SecurityHeaders implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    /** No script, style, picture or connection but Farga's own; no frame around it. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
            + " frame-ancestors 'none'; manifest-src 'self'; object-src 'none'";

    private static final String YEAR = "max-age=31536000; includeSubDomains";

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addEngineValves(new Valve());
    }

    /** Also for what is refused before any valve runs. */
    static void put(Request request, HttpServletResponse answer) {
        answer.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        answer.setHeader("X-Content-Type-Options", "nosniff");
        answer.setHeader("Referrer-Policy", "same-origin");
        answer.setHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
        answer.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        answer.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        answer.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
        if (request.isSecure()) {
            answer.setHeader("Strict-Transport-Security", YEAR);
        }
    }

    private static final class Valve extends ValveBase {
        Valve() {
            super(true);
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            put(request, response.getResponse());
            getNext().invoke(request, response);
        }
    }
}
