package org.farga.platform;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
    private final List<ErrorForm> forms;

    ContainerAnswers(List<ErrorForm> forms) {
        this.forms = List.copyOf(forms);
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(context -> {
            if (context.getParent() instanceof StandardHost host) {
                // By its name Tomcat finds that it is there, and adds none of its own.
                host.setErrorReportValveClass(Valve.class.getName());
                host.getPipeline().addValve(new Valve(forms));
            }
        });
    }

    /** Tomcat's own would say in its look, if not in words, which server this is. */
    static final class Valve extends ErrorReportValve {
        private static final String SENTENCE = "The server could not read this request.";

        private final List<ErrorForm> forms;

        Valve(List<ErrorForm> forms) {
            this.forms = forms;
        }

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
                    {"type":"/problems/%s","title":"%s","status":%d,"detail":"%s"}""".formatted(name, reason, status, SENTENCE).getBytes(StandardCharsets.UTF_8);
            HttpServletResponse answer = response.getResponse();
            SecurityHeaders.put(request, answer);
            answer.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            answer.setHeader("Cache-Control", "no-store");
            try {
                // Of a line that is no request, not even the address is known.
                ErrorForm form = known == null || request.getRequestURI() == null
                        ? null
                        : forms.stream()
                                .filter(f -> f.covers(request))
                                .findFirst()
                                .orElse(null);
                if (form == null || known == null) {
                    answer.getOutputStream().write(body);
                } else {
                    form.write(answer, known, SENTENCE);
                }
                response.finishResponse();
            } catch (IOException | IllegalStateException e) {
                // Whoever asked has gone, or was answered in part: nothing more can be said.
                return;
            }
        }
    }
}
