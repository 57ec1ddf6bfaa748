package org.farga.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.audit.AuditLog;
import org.farga.shared.PersonId;
import org.farga.slurm.UnixAccount.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** The command that makes Unix accounts: for many, failing and hanging. No Slurm is needed for it. */
@FargaTest
class UnixAccountsTest {
    @Autowired
    private UnixAccountTable table;

    @Autowired
    private AuditLog audit;

    @Autowired
    private PlatformTransactionManager transactions;

    @Autowired
    private JdbcClient jdbc;

    @TempDir
    private Path folder;

    private final String cluster = "unix-" + UUID.randomUUID();
    private final SlurmCommands commands = new SlurmCommands(Path.of("/nowhere/slurm.conf"), List.of());

    private UnixAccounts accounts(Duration limit) {
        return new UnixAccounts(
                table,
                audit,
                new AccountSettings(Map.of(cluster, new AccountSettings.OfCluster(List.of(), limit, Set.of()))),
                transactions,
                Clock.systemUTC());
    }

    private Set<PersonId> people(int number) {
        SlurmData data = new SlurmData(jdbc);
        Set<PersonId> people = new HashSet<>();
        for (int n = 0; n < number; n++) {
            people.add(data.person());
        }
        return people;
    }

    @Test
    void ofManyPeopleAllHaveTheirTurnWithoutAPause() {
        Set<PersonId> people = people(60);
        UnixAccounts accounts = accounts(Duration.ofSeconds(30));
        accounts.want(cluster, "fg", people);
        assertThat(accounts.settle(cluster, commands, List.of("true"), people, true))
                .as("more are left")
                .isTrue();
        assertThat(accounts.settle(cluster, commands, List.of("true"), people, true))
                .isFalse();
        assertThat(table.onCluster(cluster).values())
                .extracting(UnixAccount::state)
                .hasSize(60)
                .containsOnly(State.READY);
    }

    @Test
    void aCommandThatHangsIsEndedAndKeepsTheOthersWaitingForTheNextLookOnly() throws Exception {
        Set<PersonId> people = people(3);
        Path called = folder.resolve("called");
        List<String> hook = List.of("sh", "-c", "echo $2 >> " + called + "; exec sleep 100", "hook");
        UnixAccounts accounts = accounts(Duration.ofMillis(300));
        accounts.want(cluster, "fg", people);
        assertThat(accounts.settle(cluster, commands, hook, people, true)).isFalse();
        assertThat(Files.readAllLines(called)).hasSize(1);
        assertThat(table.onCluster(cluster).values())
                .extracting(UnixAccount::state)
                .containsExactlyInAnyOrder(State.FAILED, State.WANTED, State.WANTED);
        assertThat(table.onCluster(cluster).values())
                .filteredOn(account -> account.state() == State.FAILED)
                .first()
                .satisfies(account -> assertThat(account.complaint()).contains("took longer than"));

        // The one that failed rests; the next one has its turn.
        assertThat(accounts.settle(cluster, commands, List.of("true"), people, true))
                .isFalse();
        assertThat(table.onCluster(cluster).values())
                .extracting(UnixAccount::state)
                .containsExactlyInAnyOrder(State.FAILED, State.READY, State.READY);
    }
}
