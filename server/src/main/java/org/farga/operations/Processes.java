package org.farga.operations;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.farga.platform.Drain;
import org.farga.platform.Rounds;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Says in the database that this process lives, and knows the others. */
@Component
class Processes extends Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Processes.class);
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private final ProcessTable table;
    private final Environment environment;
    private final Drain drain;
    private final Clock clock;
    private volatile @Nullable FargaProcess self;
    private int beats;

    Processes(ProcessTable table, Environment environment, Drain drain, Clock clock) {
        super("heartbeat", Duration.ZERO, FargaProcess.BEAT);
        this.table = table;
        this.environment = environment;
        this.drain = drain;
        this.clock = clock;
    }

    /** This process; null until it serves. */
    @Nullable
    FargaProcess self() {
        return self;
    }

    /** All of the last day, the newest start first. */
    List<FargaProcess> list() {
        return table.list(clock.instant().minus(REMEMBERED));
    }

    /** Only now its port is known. */
    @EventListener(ApplicationReadyEvent.class)
    void begin() {
        Instant now = clock.instant();
        FargaProcess process = new FargaProcess(
                TimeOrderedUuid.next(),
                host(),
                environment.getProperty("local.server.port", Integer.class, 1),
                ProcessHandle.current().pid(),
                version(),
                FargaProcess.State.SERVING,
                now,
                now,
                null);
        table.insert(process);
        self = process;
    }

    @Override
    protected Duration round() {
        FargaProcess process = self;
        if (process != null) {
            try {
                table.seen(
                        process.id(),
                        drain.draining() ? FargaProcess.State.DRAINING : FargaProcess.State.SERVING,
                        clock.instant());
                if (++beats % 120 == 0) {
                    table.forget(clock.instant().minus(REMEMBERED));
                }
            } catch (DataAccessException e) {
                LOG.debug("the sign of life was not taken", e);
            }
        }
        return FargaProcess.BEAT;
    }

    @Override
    protected void ended() {
        FargaProcess process = self;
        self = null;
        if (process != null) {
            try {
                table.seen(process.id(), FargaProcess.State.STOPPED, clock.instant());
            } catch (DataAccessException e) {
                LOG.debug("the end was not taken down", e);
            }
        }
    }

    /** Stopped after the web server, so that it is known as draining meanwhile. */
    @Override
    public int getPhase() {
        return 0;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    static String version() {
        String version = Processes.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
