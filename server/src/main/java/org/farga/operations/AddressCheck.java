package org.farga.operations;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.farga.platform.Figures;
import org.farga.platform.HealthCheck;
import org.farga.platform.HealthFinding;
import org.farga.platform.HealthFinding.Remedy;
import org.farga.platform.HealthFinding.Severity;
import org.farga.platform.Settings;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Whether the public address can be reached, and its certificate is good for a while. Looks every ten minutes. */
@Component
class AddressCheck implements HealthCheck {
    private static final Duration EVERY = Duration.ofMinutes(10);
    private static final int LIMIT_MILLIS = 4_000;

    private final String address;
    private final Figures figures;
    private @Nullable Instant lookedAt;
    private List<HealthFinding> found = List.of();

    AddressCheck(Settings settings, Figures figures) {
        this.address = settings.publicUrl();
        this.figures = figures;
    }

    @Override
    public String name() {
        return "address";
    }

    @Override
    public String title() {
        return "operations.check.address";
    }

    @Override
    public synchronized List<HealthFinding> look(Instant now) {
        if (lookedAt == null || !lookedAt.plus(EVERY).isAfter(now)) {
            found = look(URI.create(address), now);
            lookedAt = now;
        }
        return found;
    }

    List<HealthFinding> look(URI uri, Instant now) {
        String host = String.valueOf(uri.getHost());
        if (!"https".equals(uri.getScheme())) {
            boolean own = isLoopback(host);
            return own
                    ? List.of()
                    : List.of(HealthFinding.of(
                            Severity.WARNING, "address-plain", "operations.finding.address-plain", uri.toString()));
        }
        int port = uri.getPort() < 0 ? 443 : uri.getPort();
        Remedy look = new Remedy.Command(
                "openssl s_client -connect " + host + ":" + port + " -servername " + host + " </dev/null");
        List<HealthFinding> findings = new ArrayList<>();
        try {
            X509Certificate certificate = certificate(host, port, false);
            Instant until = certificate.getNotAfter().toInstant();
            figures.set(
                    "farga.certificate.seconds.left",
                    Duration.between(now, until).toSeconds());
            judge(host, until, now).ifPresent(f -> findings.add(f.with(look)));
            certificate(host, port, true);
        } catch (SSLException e) {
            if (findings.stream().noneMatch(f -> f.severity() == Severity.CRITICAL)) {
                findings.add(HealthFinding.of(
                                Severity.CRITICAL,
                                "certificate-untrusted",
                                "operations.finding.certificate-untrusted",
                                host,
                                String.valueOf(e.getMessage()))
                        .with(look));
            }
        } catch (IOException | GeneralSecurityException e) {
            findings.add(HealthFinding.of(
                            Severity.WARNING,
                            "address-unreachable",
                            "operations.finding.address-unreachable",
                            host + ":" + port,
                            e.getClass().getSimpleName())
                    .with(look));
        }
        return findings;
    }

    /** What a certificate that ends then means now: ended is critical, so are 7 days, a warning 21. */
    static java.util.Optional<HealthFinding> judge(String host, Instant until, Instant now) {
        long days = Duration.between(now, until).toDays();
        if (until.isBefore(now)) {
            return java.util.Optional.of(HealthFinding.of(
                            Severity.CRITICAL, "certificate-ended", "operations.finding.certificate-ended", host)
                    .since(until));
        }
        return days >= 21
                ? java.util.Optional.empty()
                : java.util.Optional.of(HealthFinding.of(
                        days < 7 ? Severity.CRITICAL : Severity.WARNING,
                        "certificate-ends",
                        "operations.finding.certificate-ends",
                        host,
                        days));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (IOException e) {
            return false;
        }
    }

    /** The certificate that is shown there, whatever it is worth; or, with trust, an SSLException where it is worth nothing. */
    private static X509Certificate certificate(String host, int port, boolean trust)
            throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust ? null : new TrustManager[] {new Looking()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
            socket.connect(new InetSocketAddress(host, port), LIMIT_MILLIS);
            socket.setSoTimeout(LIMIT_MILLIS);
            SSLParameters parameters = socket.getSSLParameters();
            if (!isAddress(host)) {
                parameters.setServerNames(List.of(new javax.net.ssl.SNIHostName(host)));
            }
            if (trust) {
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
            }
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    private static boolean isAddress(String host) {
        return host.matches("[0-9.]+") || host.contains(":");
    }

    /** Takes any certificate: this connection is only for reading when it ends; nothing is sent over it. */
    private static final class Looking implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // read, not trusted
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
