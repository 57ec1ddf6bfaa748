package org.farga.platform;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Bounds every body: 2 MiB, but for the one place that takes files, which bounds them itself. Said beforehand where the
 * client says its length, and while reading where it does not.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class BodyLimitFilter extends OncePerRequestFilter {
    static final long LIMIT_BYTES = 2L * 1024 * 1024;
    private final ProblemWriter problems;

    BodyLimitFilter(ProblemWriter problems) {
        this.problems = problems;
    }

    /** More came than a body may hold. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        // PUT …/files/… streams a dataset's file to disk under the limits of the data space.
        // PUT …/mlflow-artifacts/… streams a run's file under the limits of runs.
        // PUT …/attachments/… reads a proposal's document under its call's limit.
        // PUT …/usage-imports/…/lines streams what accounting printed, of which nothing is held but a piece.
        String path = request.getRequestURI();
        boolean file = (path.startsWith("/api/v1/datasets/") && path.contains("/files/"))
                || (path.startsWith("/api/v1/proposals/") && path.contains("/attachments/"))
                || (path.startsWith("/api/v1/usage-imports/") && path.endsWith("/lines"))
                || path.startsWith("/api/2.0/mlflow-artifacts/")
                || (path.startsWith("/mlflow/") && path.contains("/api/2.0/mlflow-artifacts/"));
        return file && request.getMethod().toUpperCase(Locale.ROOT).equals("PUT");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getContentLengthLong() > LIMIT_BYTES) {
            problems.write(request, response, HttpStatus.CONTENT_TOO_LARGE, "too-large");
            return;
        }
        chain.doFilter(new Bounded(request), response);
    }

    private static final class Bounded extends HttpServletRequestWrapper {
        Bounded(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            ServletInputStream body = super.getInputStream();
            return new ServletInputStream() {
                private long seen;

                private int counted(int read, long by) throws IOException {
                    if (read >= 0) {
                        seen += by;
                        if (seen > LIMIT_BYTES) {
                            throw new TooLargeException();
                        }
                    }
                    return read;
                }

                @Override
                public int read() throws IOException {
                    return counted(body.read(), 1);
                }

                @Override
                public int read(byte[] into, int from, int most) throws IOException {
                    int read = body.read(into, from, most);
                    return counted(read, read);
                }

                @Override
                public boolean isFinished() {
                    return body.isFinished();
                }

                @Override
                public boolean isReady() {
                    return body.isReady();
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    body.setReadListener(listener);
                }
            };
        }
    }
}
