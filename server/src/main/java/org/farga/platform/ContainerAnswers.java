package org.farga.platform;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** Gives problems of our own where the server refuses a request before any of our filters sees it. */
@Component
class ContainerAnswers implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                host.setErrorReportValveClass(Valve.class.getName());
            }
        });
    }

    /** Tomcat makes it by name. Its own would say in its look, if not in words, which server this is. */
    public static final class Valve extends ErrorReportValve {
        @Override
        protected void report(Request request, Response response, @Nullable Throwable thrown) {
            int status = response.getStatus();
            if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            HttpStatus known = HttpStatus.resolve(status);
            String reason = known == null ? "" : known.getReasonPhrase();
            String name = status >= 500 && status != 501 ? "internal" : "bad-request";
            byte[] body = """
                    {"type":"/problems/%s","title":"%s","status":%d,"detail":"The server could not read this request."}""".formatted(name, reason, status).getBytes(StandardCharsets.UTF_8);
            HttpServletResponse answer = response.getResponse();
            SecurityHeaders.put(request, answer);
            answer.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            answer.setHeader("Cache-Control", "no-store");
            try {
                answer.getOutputStream().write(body);
                response.finishResponse();
            } catch (IOException | IllegalStateException e) {
                // Whoever asked has gone, or was answered in part: nothing more can be said.
                return;
            }
        }
    }
}
