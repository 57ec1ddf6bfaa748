package org.farga;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskExecutor;
import tools.jackson.databind.JsonNode;

/** What a request's log lines say that they are about; the lines are those of Spring, which speaks of every request. */
class LogLinesTest extends HttpTest {
    private static final String SPEAKS =
            "org.springframework.web.servlet.mvc.method.annotation.HttpEntityMethodProcessor";
    private static final String SPEAKS_TOO =
            "org.springframework.web.servlet.mvc.method.annotation.RequestResponseBodyMethodProcessor";

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @Autowired
    private Environment environment;

    @Autowired
    private TaskExecutor applicationTaskExecutor;

    @BeforeEach
    void listen() {
        lines.start();
        for (String name : List.of(SPEAKS, SPEAKS_TOO)) {
            logger(name).setLevel(Level.DEBUG);
            logger(name).addAppender(lines);
        }
    }

    @AfterEach
    void stopListening() {
        for (String name : List.of(SPEAKS, SPEAKS_TOO)) {
            logger(name).detachAppender(lines);
            logger(name).setLevel(null);
        }
    }

    @Test
    void aLineOfARequestSaysWhichRequestAndWhoseInBothForms() {
        Client ana = signUp("Ana");
        String person = ana.get("/api/v1/me").expect(200).path("id").asString();
        String request = "from-the-proxy-" + System.nanoTime();
        ana.get("/api/v1/me", "X-Request-Id", request).expect(200);
        ILoggingEvent line = of(request);
        assertThat(line.getMDCPropertyMap())
                .containsEntry("requestId", request)
                .containsEntry("personId", person)
                .doesNotContainKey("jobId");
        JsonNode structured = JSON.readTree(ecs(line));
        assertThat(structured.path("requestId").asString()).isEqualTo(request);
        assertThat(structured.path("personId").asString()).isEqualTo(person);
        assertThat(ecs(line)).doesNotContain("Ana", ana.email());

        String another = "a-strangers-" + System.nanoTime();
        stranger().get("/api/v1/calls", "X-Request-Id", another);
        assertThat(lines.list).allSatisfy(l -> {
            if (another.equals(l.getMDCPropertyMap().get("requestId"))) {
                assertThat(l.getMDCPropertyMap()).doesNotContainKey("personId");
            }
        });
    }

    @Test
    void aLineAboutAJobSaysWhich() {
        Client ana = signUp("Ana");
        String request = "about-a-job-" + System.nanoTime();
        ana.get("/api/v1/jobs/987654321", "X-Request-Id", request).expect(404);
        assertThat(of(request).getMDCPropertyMap()).containsEntry("jobId", "987654321");
        String next = "about-none-" + System.nanoTime();
        ana.get("/api/v1/me", "X-Request-Id", next).expect(200);
        assertThat(of(next).getMDCPropertyMap()).doesNotContainKey("jobId");
    }

    @Test
    void whatARequestLeavesToOthersKeepsWhatItIsAbout() throws Exception {
        var told = new java.util.concurrent.CompletableFuture<Map<String, String>>();
        try (var request = org.slf4j.MDC.putCloseable("requestId", "left-behind")) {
            applicationTaskExecutor.execute(() -> told.complete(org.slf4j.MDC.getCopyOfContextMap()));
        }
        assertThat(told.get(10, java.util.concurrent.TimeUnit.SECONDS)).containsEntry("requestId", "left-behind");
    }

    private ILoggingEvent of(String request) {
        return List.copyOf(lines.list).stream()
                .filter(line -> request.equals(line.getMDCPropertyMap().get("requestId")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line of request " + request));
    }

    /** As it stands in log/farga.json. */
    private String ecs(ILoggingEvent line) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.putObject(Environment.class.getName(), environment);
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(context);
        encoder.setFormat("ecs");
        encoder.start();
        return new String(encoder.encode(line), StandardCharsets.UTF_8);
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
