package org.farga.platform;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes a problem from a filter, where no controller is reached. */
@Component
public class ProblemWriter {
    private final Problems problems;
    private final List<ErrorForm> forms;
    private final JsonMapper json;

    ProblemWriter(Problems problems, List<ErrorForm> forms, JsonMapper json) {
        this.forms = forms;
        this.problems = problems;
        this.json = json;
    }

    /** Answers with the problem {@code name}; its text is the message {@code problem.<name>}. */
    public void write(
            HttpServletRequest request,
            HttpServletResponse response,
            HttpStatus status,
            String name,
            Object... arguments)
            throws IOException {
        Locale language = Languages.of(request);
        for (ErrorForm form : forms) {
            if (form.covers(request)) {
                form.write(response, status, problems.sentence(name, language, arguments));
                return;
            }
        }
        ProblemDetail detail = problems.named(status, name, language, arguments).getBody();
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(detail));
    }
}
