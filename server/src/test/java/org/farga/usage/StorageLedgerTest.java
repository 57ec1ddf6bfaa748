package org.farga.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

/** Spans of storage: nothing lost and nothing counted twice, whatever the clock and the processes do. */
@FargaTest
@Transactional
class StorageLedgerTest {
    private static final Duration TEN = Duration.ofMinutes(10);

    @Autowired
    private StorageTable table;

    @Autowired
    private UsageReportTable reports;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private List<StoredBytes> keepers;

    private final PersonId person = PersonId.create();
    private final OrganisationId organisation = OrganisationId.create();
    private final ProjectId project = ProjectId.create();
    private final List<StoredBytes.Holding> held = new ArrayList<>();
    private Instant now = Instant.now();
    private Instant start = now;

    /** Keeps what a test says, in a transaction that is rolled back with what others kept. */
    private final StoredBytes keeper = new StoredBytes() {
        @Override
        public Kind kind() {
            return Kind.PROJECT_FILES;
        }

        @Override
        public List<Holding> holdings() {
            return List.copyOf(held);
        }
    };

    @BeforeEach
    void aProjectAfterEverythingThatWasSampled() {
        jdbc.sql("INSERT INTO person (id, email, name, language, created_at) VALUES (:id, :email, 'Ana', 'en', now())")
                .param("id", person.value())
                .param("email", person + "@example.org")
                .update();
        jdbc.sql("""
                INSERT INTO organisation (id, name, country, founded_on, created_by, created_at)
                VALUES (:id, :name, 'ES', '2020-01-01', :person, now())""")
                .param("id", organisation.value())
                .param("name", "O " + organisation)
                .param("person", person.value())
                .update();
        jdbc.sql("""
                INSERT INTO project (id, slug, name, organisation_id, opened_by_proposal_id, opened_at)
                VALUES (:id, :slug, 'P', :organisation, :id, now())""")
                .param("id", project.value())
                .param("slug", "p-" + project)
                .param("organisation", organisation.value())
                .update();
        // Summer time ends in the night to 26 October; far in the future, so that nothing sampled lies behind it.
        start = Instant.parse("2036-10-24T22:00:00Z");
        now = start;
    }

    private boolean sample(List<StoredBytes> of) {
        return new StorageSampler(of, table, Clock.fixed(now, ZoneId.of("UTC"))).sample();
    }

    private boolean sampleAfter(Duration time, long bytes) {
        now = now.plus(time);
        held.clear();
        held.add(new StoredBytes.Holding(StoredBytes.Owner.of(project), bytes));
        return sample(List.of(keeper));
    }

    private List<String> spans() {
        return jdbc.sql("""
                        SELECT bytes || ' ' || extract(epoch FROM begins_at - :start)::bigint || '-'
                            || coalesce(extract(epoch FROM ends_at - :start)::bigint::text, '')
                        FROM storage_span WHERE project_id = :project ORDER BY begins_at""")
                .param("start", org.farga.platform.Timestamps.utc(start))
                .param("project", project.value())
                .query(String.class)
                .list();
    }

    private BigInteger byteSeconds(List<Instant> cuts) {
        return UsageReport.sum(parts(StorageAsked.of(List.of(project)), cuts)).byteSeconds();
    }

    private List<StoragePart> parts(StorageAsked asked, List<Instant> cuts) {
        return table.stored(asked, cuts).parts();
    }

    private StorageTable.Stored stored(StorageAsked asked) {
        return table.stored(asked, List.of(start, start.plusSeconds(1)));
    }

    private BigInteger all() {
        return byteSeconds(List.of(start.minusSeconds(1), start.plus(Duration.ofDays(900))));
    }

    @Test
    void whatIsUnchangedIsOneSpanAndAChangeEndsItAtTheSampleThatSeesIt() {
        sampleAfter(Duration.ZERO, 100);
        assertThat(all()).isZero();
        sampleAfter(TEN, 100);
        sampleAfter(TEN, 100);
        assertThat(spans()).containsExactly("100 0-");
        assertThat(all()).isEqualTo(BigInteger.valueOf(100 * 1_200));
        sampleAfter(TEN, 7);
        sampleAfter(TEN, 7);
        assertThat(spans()).containsExactly("100 0-1800", "7 1800-");
        assertThat(all()).isEqualTo(BigInteger.valueOf(100 * 1_800 + 7 * 600));
        assertThat(stored(StorageAsked.of(List.of(project))).bytesNow()).isEqualTo(7);
        sampleAfter(TEN, 0);
        sampleAfter(TEN, 0);
        assertThat(spans()).containsExactly("100 0-1800", "7 1800-3000");
        sampleAfter(TEN, 7);
        assertThat(spans()).containsExactly("100 0-1800", "7 1800-3000", "7 4200-");
    }

    @Test
    void whileFargaStandsStillTheLastKnownValueGoesOn() {
        sampleAfter(Duration.ZERO, 100);
        sampleAfter(Duration.ofDays(30), 200);
        sampleAfter(TEN, 200);
        assertThat(spans()).containsExactly("100 0-2592000", "200 2592000-");
        assertThat(all()).isEqualTo(BigInteger.valueOf(100L * 2_592_000 + 200 * 600));
    }

    @Test
    void aClockThatIsSetBackCountsNothingTwiceAndGoesOnWhenItHasPassedTheLastSample() {
        sampleAfter(Duration.ZERO, 100);
        sampleAfter(TEN, 100);
        assertThat(sampleAfter(Duration.ofMinutes(-30), 500)).isFalse();
        assertThat(sampleAfter(Duration.ofMinutes(30), 500)).isFalse();
        assertThat(all()).isEqualTo(BigInteger.valueOf(100 * 600));
        assertThat(sampleAfter(TEN, 500)).isTrue();
        assertThat(spans()).containsExactly("100 0-1200", "500 1200-");
        assertThat(all()).isEqualTo(BigInteger.valueOf(100 * 1_200));
    }

    @Test
    void partsOfASecondAreNeitherLostNorCounted() {
        now = start.plusMillis(999);
        sampleAfter(Duration.ZERO, 3);
        sampleAfter(Duration.ofMillis(1), 3);
        assertThat(spans()).containsExactly("3 0-");
        assertThat(all()).isEqualTo(BigInteger.valueOf(3));
    }

    @Test
    void aDayOfTwentyFiveHoursAndTheEndOfAMonthAreCutByTheirSeconds() {
        sampleAfter(Duration.ZERO, 1_000);
        sampleAfter(Duration.ofDays(9), 1_000);
        ZoneId zone = ZoneId.of("Europe/Madrid");
        LocalDate first = LocalDate.ofInstant(start, zone);
        List<LocalDate> days = UsageReport.calendar(UsageReport.By.DAY, first, first.plusDays(9));
        List<StoragePart> parts = parts(StorageAsked.of(List.of(project)), UsageReport.boundaries(days, zone));
        assertThat(parts.get(0).kept().byteSeconds()).isEqualTo(BigInteger.valueOf(1_000 * 86_400));
        assertThat(parts.get(1).kept().byteSeconds()).isEqualTo(BigInteger.valueOf(1_000 * 90_000));
        assertThat(UsageReport.sum(parts).byteSeconds())
                .isEqualTo(all())
                .isEqualTo(BigInteger.valueOf(1_000L * 9 * 86_400));
        List<Instant> november = List.of(
                Instant.parse("2036-09-30T22:00:00Z"),
                Instant.parse("2036-10-31T23:00:00Z"),
                Instant.parse("2036-11-30T23:00:00Z"));
        assertThat(parts(StorageAsked.of(List.of(project)), november))
                .extracting(p -> p.kept().byteSeconds().longValueExact())
                .containsExactly(1_000L * (7 * 86_400 + 3_600), 1_000L * (2 * 86_400 - 3_600));
    }

    @Test
    void anAwardsTimeIsCutOutOfTheProjects() {
        sampleAfter(Duration.ZERO, 10);
        sampleAfter(Duration.ofHours(10), 10);
        StoredBytes.Owner owner = StoredBytes.Owner.of(project);
        StorageAsked middle = new StorageAsked(
                false, List.of(new StorageAsked.Window(owner, start.plusSeconds(3_600), start.plusSeconds(7_200))));
        assertThat(UsageReport.sum(parts(middle, List.of(start, start.plus(Duration.ofDays(1)))))
                        .byteSeconds())
                .isEqualTo(BigInteger.valueOf(10 * 3_600));
        assertThat(stored(middle).bytesNow()).isZero();
        assertThat(reports.extent(List.of(), middle))
                .contains(new UsageReportTable.Extent(start.plusSeconds(3_600), start.plusSeconds(7_199)));
        assertThat(reports.extent(List.of(), StorageAsked.of(List.of(ProjectId.create()))))
                .isEmpty();
    }

    @Test
    void theCentresOwnAndAnOrganisationsAreOwnersOfTheirOwn() {
        held.add(new StoredBytes.Holding(StoredBytes.Owner.CENTRE, 5));
        held.add(new StoredBytes.Holding(StoredBytes.Owner.ofProvider(organisation), 6));
        sample(List.of(keeper));
        now = now.plusSeconds(10);
        sample(List.of(keeper));
        List<Instant> cuts = List.of(start, start.plusSeconds(60));
        assertThat(parts(StorageAsked.of(organisation, List.of()), cuts))
                .containsExactly(new StoragePart(
                        StoredBytes.Kind.PROJECT_FILES,
                        StoredBytes.Owner.ofProvider(organisation),
                        0,
                        new TerabyteHours(BigInteger.valueOf(60))));
        assertThat(parts(StorageAsked.OF_ALL, cuts))
                .filteredOn(p -> p.kind() == StoredBytes.Kind.PROJECT_FILES)
                .extracting(StoragePart::owner)
                .containsExactlyInAnyOrder(StoredBytes.Owner.CENTRE, StoredBytes.Owner.ofProvider(organisation));
    }

    @Test
    void theKeepersCountTheSameContentOnceForEachOwner() {
        UUID dataset = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO dataset (id, slug, title, summary, licence, card, provider_organisation_id, preview_public,
                            created_by, created_at)
                        VALUES (:id, :slug, 'D', 'D', 'CC0-1.0', 'D', :organisation, true, :person, now())""")
                .param("id", dataset)
                .param("slug", "d" + dataset.toString().substring(24))
                .param("organisation", organisation.value())
                .param("person", person.value())
                .update();
        UUID version = UUID.randomUUID();
        jdbc.sql("INSERT INTO dataset_version (id, dataset_id, number, state, created_by, created_at)"
                        + " VALUES (:id, :dataset, 1, 'DRAFT', :person, now())")
                .param("id", version)
                .param("dataset", dataset)
                .param("person", person.value())
                .update();
        for (String path : List.of("a", "b", "c")) {
            jdbc.sql("""
                            INSERT INTO dataset_file (version_id, path, path_key, size_bytes, sha256, media_type, uploaded_by,
                                uploaded_at)
                            VALUES (:version, :path, :path, :bytes, sha256(CAST(:content AS bytea)), 'text/csv', :person, now())""")
                    .param("version", version)
                    .param("path", path)
                    .param("bytes", path.equals("c") ? 7 : 100)
                    .param("content", path.equals("c") ? "c" : "a")
                    .param("person", person.value())
                    .update();
        }
        jdbc.sql("INSERT INTO experiment (project_id, number, name, created_at, changed_at)"
                        + " VALUES (:project, 0, 'Default', now(), now())")
                .param("project", project.value())
                .update();
        for (String content : List.of("a", "a", "b")) {
            UUID run = UUID.randomUUID();
            jdbc.sql("""
                            INSERT INTO run (id, project_id, name, started_by, state, started_at, ended_at, own, experiment)
                            VALUES (:id, :project, 'r', :person, 'FINISHED', now(), now(), false, 0)""")
                    .param("id", run)
                    .param("project", project.value())
                    .param("person", person.value())
                    .update();
            jdbc.sql(
                            "INSERT INTO run_file (run_id, path, bytes, sha256) VALUES (:run, 'f', 1000, sha256(CAST(:c AS bytea)))")
                    .param("run", run)
                    .param("c", content)
                    .update();
        }
        assertThat(keepers).extracting(StoredBytes::kind).containsExactlyInAnyOrder(StoredBytes.Kind.values());
        assertThat(keepers)
                .flatExtracting(StoredBytes::holdings)
                .contains(
                        new StoredBytes.Holding(StoredBytes.Owner.ofProvider(organisation), 107),
                        new StoredBytes.Holding(StoredBytes.Owner.of(project), 2_000));
    }

    @Test
    void aSpanIsClosedOnceAndOtherwiseStaysAndNoTimeIsCountedTwice() {
        sampleAfter(Duration.ZERO, 100);
        sampleAfter(TEN, 200);
        for (String sql : List.of(
                "UPDATE storage_span SET bytes = 1 WHERE project_id = :project",
                "UPDATE storage_span SET ends_at = ends_at + interval '1 hour' WHERE project_id = :project AND ends_at IS NOT NULL",
                "DELETE FROM storage_span WHERE project_id = :project",
                "INSERT INTO storage_span (kind, project_id, bytes, begins_at, ends_at) SELECT kind, project_id, 5, begins_at + "
                        + "interval '1 second', ends_at FROM storage_span WHERE project_id = :project AND ends_at IS NOT NULL",
                "INSERT INTO storage_span (kind, project_id, bytes, begins_at) SELECT kind, project_id, 5, begins_at - interval '1 hour'"
                        + " FROM storage_span WHERE project_id = :project AND ends_at IS NULL")) {
            jdbc.sql("SAVEPOINT before").update();
            assertThatThrownBy(() ->
                            jdbc.sql(sql).param("project", project.value()).update())
                    .as(sql)
                    .isInstanceOf(DataIntegrityViolationException.class);
            jdbc.sql("ROLLBACK TO SAVEPOINT before").update();
        }
        assertThat(spans()).containsExactly("100 0-600", "200 600-");
    }

    @Test
    void theClockIsReadInWholeSeconds() {
        now = start.plusMillis(1_500);
        sampleAfter(Duration.ZERO, 1);
        assertThat(table.sampledAt()).contains(start.plusSeconds(1).truncatedTo(ChronoUnit.SECONDS));
    }
}
