package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.farga.HttpTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Whoever tries doors that are not theirs leaves a trace in the log. */
class RefusedAccessLogTest extends HttpTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusedAccessLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    @Test
    void whatIsNotTheirsIsLoggedWithWhoAskedAndWithoutWhatTheyTyped() throws IOException {
        Client eve = signUp("Eve");
        String person = eve.get("/api/v1/me").expect(200).path("id").asString();
        String hidden = "/api/v1/organisations/" + UUID.randomUUID();
        eve.get(hidden + "?q=typed-by-eve").expectProblem(404, "not-found");
        assertThat(said(hidden))
                .singleElement()
                .asString()
                .startsWith("refused: GET " + hidden + " answered 404 to " + person + " at ")
                .doesNotContain("typed-by-eve");
    }

    @Test
    void aStrangerWithoutARightIsLoggedAndAReaderOfPublicPagesIsNot() throws IOException {
        stranger().get("/api/v1/me?x=" + UUID.randomUUID()).expectProblem(401, "sign-in-required");
        assertThat(said("/api/v1/me")).isNotEmpty().allMatch(line -> line.contains("answered 401 to a stranger"));
        String nothing = "/api/v1/datasets/no-such-" + UUID.randomUUID();
        stranger().get(nothing).expectProblem(404, "not-found");
        assertThat(said(nothing)).isEmpty();
    }

    private List<String> said(String path) {
        return List.copyOf(lines.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(path + " "))
                .toList();
    }
}
