package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.farga.FargaTest;
import org.farga.shared.EmailAddress;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mail.MailException;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class OutgoingMailTest {
    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private SchedulerClient queue;

    @Autowired
    private Settings settings;

    @Autowired
    private Clock clock;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void aMailReachesTheServerAndItsTextIsForgotten() throws Exception {
        try (SmtpServer smtp = new SmtpServer()) {
            OutgoingMail mail = mail(smtp.port());
            UUID id = queue(mail);
            mail.send(id);
            assertThat(String.join("\n", smtp.lines()))
                    .contains("RCPT TO:<ana@example.org>", "Subject: Hello", "a text");
            assertThat(jdbc.sql("SELECT body FROM outgoing_mail WHERE id = :id AND sent_at IS NOT NULL")
                            .param("id", id)
                            .query(String.class)
                            .single())
                    .isEmpty();
            assertThat(meters.counter("farga.mail.sent").count()).isEqualTo(1);
        }
    }

    @Test
    void aServerThatIsAwayIsKeptAsTheLastFailure() throws Exception {
        try (Socket closed = new Socket()) {
            // Holds the port and does not listen there.
            closed.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            OutgoingMail mail = mail(closed.getLocalPort());
            UUID id = queue(mail);
            assertThatThrownBy(() -> mail.send(id)).isInstanceOf(MailException.class);
            assertThat(mail.state().failure()).contains("ConnectException");
            assertThat(mail.state().failedAt()).isNotNull();
            assertThat(mail.state().unsent()).isPositive();
            assertThat(meters.counter("farga.mail.failures").count()).isEqualTo(1);
        }
    }

    private UUID queue(OutgoingMail mail) {
        mail.queue(new EmailAddress("ana@example.org"), "Hello", "a text");
        return jdbc.sql("SELECT id FROM outgoing_mail WHERE recipient = 'ana@example.org' ORDER BY id DESC LIMIT 1")
                .query(UUID.class)
                .single();
    }

    private OutgoingMail mail(int port) {
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setHost("127.0.0.1");
        sender.setPort(port);
        ObjectProvider<JavaMailSender> provider = new ObjectProvider<>() {
            @Override
            public JavaMailSender getObject() {
                return sender;
            }

            @Override
            public JavaMailSender getIfAvailable() {
                return sender;
            }
        };
        return new OutgoingMail(jdbc, queue, provider, settings, meters, clock);
    }

    /** Takes one mail after the other, as RFC 5321 asks for at least. */
    private static final class SmtpServer implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        private final CopyOnWriteArrayList<String> lines = new CopyOnWriteArrayList<>();

        SmtpServer() throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!socket.isClosed()) {
                    try (Socket client = socket.accept()) {
                        talk(client);
                    } catch (IOException e) {
                        // closed
                    }
                }
            });
        }

        int port() {
            return socket.getLocalPort();
        }

        CopyOnWriteArrayList<String> lines() {
            return lines;
        }

        private void talk(Socket client) throws IOException {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            OutputStream out = client.getOutputStream();
            say(out, "220 here");
            boolean text = false;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
                if (text) {
                    if (line.equals(".")) {
                        text = false;
                        say(out, "250 taken");
                    }
                } else if (line.equals("DATA")) {
                    text = true;
                    say(out, "354 go on");
                } else if (line.equals("QUIT")) {
                    say(out, "221 bye");
                    return;
                } else {
                    say(out, "250 ok");
                }
            }
        }

        private static void say(OutputStream out, String line) {
            try {
                out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
