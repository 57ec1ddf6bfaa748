package org.farga.platform;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses at the door what no program can read: parameters with broken escapes or bytes that are not UTF-8, and headers
 * that name no media type. Whoever would read them first, in whatever filter, would fail there instead.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
class SoundRequestFilter extends OncePerRequestFilter {
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F:.]{2,45}(%[A-Za-z0-9._-]{1,20})?");

    private final ProblemWriter problems;

    SoundRequestFilter(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!ADDRESS.matcher(request.getRemoteAddr()).matches()) {
            // A proxy on this machine passed on what is no address; sign-up limits and access by address rely on it.
            problems.write(request, response, HttpStatus.BAD_REQUEST, "bad-request");
            return;
        }
        if (mediaTypes(request.getHeader("Accept")).isEmpty()) {
            problems.write(request, response, HttpStatus.NOT_ACCEPTABLE, "not-acceptable");
            return;
        }
        Optional<List<MediaType>> content = mediaTypes(request.getContentType());
        if (content.isEmpty()
                || content.get().size() > 1
                || content.get().stream().anyMatch(t -> !t.isConcrete())) {
            problems.write(request, response, HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type");
            return;
        }
        try {
            // Only the query, and the body of a form; neither is read twice, for Tomcat keeps what it read.
            request.getParameterMap();
        } catch (InvalidParameterException e) {
            boolean large = e.getErrorCode() == HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE;
            problems.write(
                    request,
                    response,
                    large ? HttpStatus.CONTENT_TOO_LARGE : HttpStatus.BAD_REQUEST,
                    large ? "too-large" : "bad-request");
            return;
        }
        chain.doFilter(new Speaking(request), response);
    }

    /** The media types of a header; none where there is no header, empty where it cannot be read. */
    private static Optional<List<MediaType>> mediaTypes(@Nullable String header) {
        if (header == null) {
            return Optional.of(List.of());
        }
        try {
            return Optional.of(MediaType.parseMediaTypes(header));
        } catch (InvalidMediaTypeException e) {
            return Optional.empty();
        }
    }

    /** Says the one language of Farga's that its reader understands; Tomcat's own reading fails at an eleventh. */
    private static final class Speaking extends HttpServletRequestWrapper {
        Speaking(HttpServletRequest request) {
            super(request);
        }

        @Override
        public Locale getLocale() {
            return Languages.of(this);
        }

        @Override
        public Enumeration<Locale> getLocales() {
            return Collections.enumeration(List.of(getLocale()));
        }
    }
}
