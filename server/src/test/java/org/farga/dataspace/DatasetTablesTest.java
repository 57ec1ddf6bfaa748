package org.farga.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.farga.FargaTest;
import org.farga.shared.AgreementId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;

@FargaTest
@Transactional
class DatasetTablesTest {
    private static final Instant NOW = DatasetTest.NOW;

    @Autowired
    private DatasetTable datasets;

    @Autowired
    private DatasetVersionTable versions;

    @Autowired
    private AgreementTable agreements;

    @Autowired
    private JdbcClient jdbc;

    private final PersonId ana = PersonId.create();
    private final OrganisationId forja = OrganisationId.create();
    private Dataset dataset;

    @BeforeEach
    void someData() {
        jdbc.sql("""
                        INSERT INTO person (id, email, name, language, created_at)
                        VALUES (:id, :email, 'Ana', 'ca', now())""")
                .param("id", ana.value())
                .param("email", ana + "@example.org")
                .update();
        jdbc.sql("""
                        INSERT INTO organisation (id, name, country, created_by, created_at)
                        VALUES (:id, 'Forja', 'ES', :ana, now())""").param("id", forja.value()).param("ana", ana.value()).update();
        var typed = new Dataset.Draft(
                "t" + UUID.randomUUID().toString().replace("-", ""),
                "Digits",
                "Small images.",
                "CC-BY-4.0",
                "Name the authors.",
                "# Digits",
                "en",
                forja,
                false);
        dataset = Dataset.create(typed, ana, NOW).orThrow();
        assertThat(datasets.insert(dataset)).isTrue();
    }

    private DatasetVersion draft(int number) {
        DatasetVersion draft = DatasetVersion.draft(dataset.id(), number, ana, NOW);
        versions.insert(draft);
        return draft;
    }

    private DatasetFile file(String path) {
        return new DatasetFile(new FilePath(path), 3, Sha256.ofText(path), "text/csv", ana, NOW);
    }

    private DatasetVersion published(int number) {
        DatasetVersion draft = draft(number);
        versions.put(draft.id(), file("a.csv"));
        DatasetVersion published =
                draft.publish(versions.files(draft.id()), 7L, ana, NOW).orThrow();
        versions.publish(published.id(), Objects.requireNonNull(published.published()));
        return published;
    }

    private Agreement accepted() {
        Agreement agreement = Agreement.accept(
                        dataset, forja, dataset.terms().sha256().hex(), ana, NOW)
                .orThrow();
        agreements.insert(agreement);
        return agreement;
    }

    private void refused(String sql, UUID id) {
        assertThatThrownBy(() -> jdbc.sql(sql).param("id", id).update())
                .as(sql)
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void aDatasetComesBackAsItWasStored() {
        assertThat(datasets.find(dataset.slug())).contains(dataset);
        assertThat(datasets.find(dataset.id())).contains(dataset);
        assertThat(datasets.insert(dataset)).as("the slug is taken").isFalse();
    }

    @Test
    void anUpdateOfAnOldVersionChangesNothing() {
        Dataset changed = dataset.change(
                        new Dataset.Draft(null, "Dígits", null, null, "Other.", null, "es", null, true), NOW)
                .orThrow();
        assertThat(datasets.update(changed)).isTrue();
        datasets.insertTerms(changed.id(), changed.terms(), ana);
        assertThat(datasets.update(changed)).isFalse();
        Dataset found = datasets.find(dataset.id()).orElseThrow();
        assertThat(found.terms()).isEqualTo(changed.terms());
        assertThat(found.title()).isEqualTo("Dígits");
        assertThat(found.previewPublic()).isTrue();
        assertThat(found.version()).isEqualTo(2);
    }

    @Test
    void aVersionComesBackInEachOfItsStates() {
        DatasetVersion draft = draft(1);
        assertThat(versions.find(draft.id())).contains(draft);
        versions.put(draft.id(), file("b/a.csv"));
        versions.put(draft.id(), file("a.csv"));
        assertThat(versions.files(draft.id())).containsExactly(file("a.csv"), file("b/a.csv"));
        DatasetVersion published =
                draft.publish(versions.files(draft.id()), 7L, ana, NOW).orThrow();
        versions.publish(published.id(), Objects.requireNonNull(published.published()));
        assertThat(versions.find(draft.id())).contains(published);
        assertThat(versions.findNewest(dataset.id())).contains(published);
        DatasetVersion retired = published.retire("Wrong.", ana, NOW).orThrow();
        versions.retire(retired.id(), (DatasetVersion.State.Retired) retired.state());
        assertThat(versions.find(draft.id())).contains(retired);
        assertThat(versions.findNewest(dataset.id())).isEmpty();
        assertThat(versions.nextNumber(dataset.id())).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE dataset_file SET size_bytes = 4 WHERE version_id = :id",
                "DELETE FROM dataset_file WHERE version_id = :id",
                "UPDATE dataset_version SET state = 'DRAFT', published_by = null, published_at = null, files = null,"
                        + " size_bytes = null, manifest_sha256 = null WHERE id = :id",
                "UPDATE dataset_version SET published_at = now() WHERE id = :id",
                "UPDATE dataset_version SET number = 9 WHERE id = :id",
                "UPDATE dataset_version SET size_bytes = 0 WHERE id = :id",
                "UPDATE dataset_version SET manifest_sha256 = sha256('x') WHERE id = :id",
                "DELETE FROM dataset_version WHERE id = :id"
            })
    void theDatabaseRefusesToChangeWhatIsPublished(String sql) {
        refused(sql, published(1).id().value());
    }

    @Test
    void theDatabaseRefusesFilesForWhatIsPublished() {
        DatasetVersion published = published(1);
        assertThatThrownBy(() -> versions.put(published.id(), file("b.csv")))
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void aFileCannotMoveIntoWhatIsPublished() {
        DatasetVersion published = published(1);
        DatasetVersion draft = draft(2);
        versions.put(draft.id(), file("b.csv"));
        assertThatThrownBy(() -> jdbc.sql("UPDATE dataset_file SET version_id = :to WHERE version_id = :from")
                        .param("to", published.id().value())
                        .param("from", draft.id().value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void aRetiredVersionStaysRetired() {
        DatasetVersion published = published(1);
        DatasetVersion retired = published.retire("Wrong.", ana, NOW).orThrow();
        versions.retire(retired.id(), (DatasetVersion.State.Retired) retired.state());
        refused(
                "UPDATE dataset_version SET state = 'PUBLISHED', retired_by = null, retired_at = null,"
                        + " retirement_reason = null WHERE id = :id",
                published.id().value());
    }

    @Test
    void aDatasetHasOneDraft() {
        draft(1);
        assertThatThrownBy(() -> draft(2)).isInstanceOf(DataIntegrityViolationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "a/", "a//b", "..", "a/../b", "./a", "a\\\\b", "a\\nb", ""})
    void theDatabaseRefusesPathTricksToo(String path) {
        DatasetVersion draft = draft(1);
        assertThatThrownBy(() -> jdbc.sql("""
                                INSERT INTO dataset_file (version_id, path, path_key, size_bytes, sha256, media_type,
                                                          uploaded_by, uploaded_at)
                                VALUES (:version, :path, :path, 1, sha256('x'), 'text/csv', :by, now())""")
                        .param("version", draft.id().value())
                        .param("path", path.translateEscapes())
                        .param("by", ana.value())
                        .update())
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A.csv", "a.csv/b", "DATA", "data/X.csv/y", "Data/other.csv"})
    void pathsThatSomeFileSystemConfusesCollide(String path) {
        DatasetVersion draft = draft(1);
        versions.put(draft.id(), file("a.csv"));
        versions.put(draft.id(), file("data/x.csv"));
        assertThat(versions.findCollision(draft.id(), new FilePath(path))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.csv", "b.csv", "data/y.csv", "data/x.csv.gz", "a.csv2/b", "data2/X.csv"})
    void otherPathsDoNot(String path) {
        DatasetVersion draft = draft(1);
        versions.put(draft.id(), file("a.csv"));
        versions.put(draft.id(), file("data/x.csv"));
        assertThat(versions.findCollision(draft.id(), new FilePath(path))).isEmpty();
    }

    @Test
    void termsAreNeverReworded() {
        refused(
                "UPDATE dataset_terms SET text = 'x', sha256 = sha256('x') WHERE dataset_id = :id",
                dataset.id().value());
    }

    @Test
    void termsAreNeverDeleted() {
        refused("DELETE FROM dataset_terms WHERE dataset_id = :id", dataset.id().value());
    }

    @Test
    void theDigestOfTermsIsThatOfTheirText() {
        Terms forged = new Terms(2, "Other.", Sha256.ofText("else"), NOW);
        assertThatThrownBy(() -> datasets.insertTerms(dataset.id(), forged, ana))
                .isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void anAgreementComesBackLiveAndEnded() {
        Agreement agreement = accepted();
        assertThat(agreements.find(agreement.id())).contains(agreement);
        assertThat(agreements.findLive(forja, dataset.id())).contains(agreement);
        Agreement ended = agreement.end("Over.", ana, NOW.plusSeconds(1)).orThrow();
        assertThat(agreements.end(agreement.id(), Objects.requireNonNull(ended.ending())))
                .isTrue();
        assertThat(agreements.end(agreement.id(), Objects.requireNonNull(ended.ending())))
                .as("twice")
                .isFalse();
        assertThat(agreements.find(agreement.id())).contains(ended);
        assertThat(agreements.findLive(forja, dataset.id())).isEmpty();
        assertThat(agreements.list(List.of(forja), null, 5)).containsExactly(ended);
        accepted();
        assertThat(agreements.list(List.of(forja), null, 5)).hasSize(2);
    }

    @Test
    void anOrganisationHasOneLiveAgreementOnADataset() {
        accepted();
        assertThatThrownBy(this::accepted).isInstanceOf(DataIntegrityViolationException.class);
    }

    @Test
    void anAgreementNamesTermsThatWereThere() {
        Agreement forged =
                new Agreement(AgreementId.create(), forja, dataset.id(), 1, Sha256.ofText("else"), ana, NOW, null);
        assertThatThrownBy(() -> agreements.insert(forged)).isInstanceOf(DataAccessException.class);
    }
}
