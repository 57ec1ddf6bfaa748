package org.farga.access;

import static java.util.Objects.requireNonNull;
import static org.farga.platform.Timestamps.utc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Component
class FinalReportTable {
    private static final String COLUMNS = """
            r.proposal_id, r.state, r.ends_at, r.due_at, r.reminded, r.results, r.publications, r.outputs, r.problems, r.feedback,
            r.summary, r.publish, r.edited_by, r.edited_at, r.submitted_by, r.submitted_at, r.hours, r.decided_by, r.decided_at,
            r.note, r.version""";
    private static final String SELECT = "SELECT " + COLUMNS + " FROM final_report r ";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    FinalReportTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** A report in a list, with what names it. */
    record Row(FinalReport report, String code, String title, OrganisationId organisation) {}

    /** Has one be owed from now on; where it already is, nothing happens. */
    void insert(ProposalId proposal, Instant endsAt, Instant dueAt) {
        jdbc.sql("""
                INSERT INTO final_report (proposal_id, ends_at, due_at) VALUES (:proposal, :ends, :due)
                ON CONFLICT (proposal_id) DO NOTHING""")
                .param("proposal", proposal.value())
                .param("ends", utc(endsAt))
                .param("due", utc(dueAt))
                .update();
    }

    Optional<FinalReport> find(ProposalId proposal) {
        return jdbc.sql(SELECT + "WHERE r.proposal_id = :proposal")
                .param("proposal", proposal.value())
                .query(this::report)
                .optional();
    }

    /** The same with its row locked until the end of the transaction. */
    Optional<FinalReport> lock(ProposalId proposal) {
        return jdbc.sql(SELECT + "WHERE r.proposal_id = :proposal FOR UPDATE")
                .param("proposal", proposal.value())
                .query(this::report)
                .optional();
    }

    /** Writes all that can change of a locked one, and its next version. */
    void update(FinalReport report) {
        FinalReport.ReportContent content = report.content();
        jdbc.sql("""
                UPDATE final_report SET state = :state, ends_at = :ends, due_at = :due, reminded = :reminded, results = :results,
                    publications = :publications, outputs = :outputs, problems = :problems, feedback = :feedback,
                    summary = :summary, publish = :publish, edited_by = :editedBy, edited_at = :editedAt,
                    submitted_by = :submittedBy, submitted_at = :submittedAt, hours = :hours::jsonb, decided_by = :decidedBy,
                    decided_at = :decidedAt, note = :note, version = version + 1
                WHERE proposal_id = :proposal""")
                .param("proposal", report.proposal().value())
                .param("state", report.state().name())
                .param("ends", utc(report.endsAt()))
                .param("due", utc(report.dueAt()))
                .param(
                        "reminded",
                        report.reminded() == null ? null : report.reminded().name())
                .param("results", content.results())
                .param("publications", content.publications())
                .param("outputs", content.outputs())
                .param("problems", content.problems())
                .param("feedback", content.feedback())
                .param("summary", content.summary())
                .param("publish", content.publish())
                .param("editedBy", by(report.edited()))
                .param("editedAt", at(report.edited()))
                .param("submittedBy", by(report.submitted()))
                .param("submittedAt", at(report.submitted()))
                .param("hours", report.submitted() == null ? null : json.writeValueAsString(report.hours()))
                .param("decidedBy", by(report.decided()))
                .param("decidedAt", at(report.decided()))
                .param("note", report.note())
                .update();
    }

    /**
     * Something that happened to a report.
     *
     * @param state the state that it was given
     */
    record Event(
            Instant at,
            FinalReport.State state,
            PersonId by,
            @Nullable String note) {}

    void insertEvent(ProposalId proposal, Event event) {
        jdbc.sql("""
                INSERT INTO final_report_event (proposal_id, at, event, person_id, note)
                VALUES (:proposal, :at, :event, :person, :note)""")
                .param("proposal", proposal.value())
                .param("at", utc(event.at()))
                .param("event", event.state().name())
                .param("person", event.by().value())
                .param("note", event.note(), java.sql.Types.VARCHAR)
                .update();
    }

    /** In the order in which they happened. */
    List<Event> events(ProposalId proposal) {
        return jdbc.sql(
                        "SELECT at, event, person_id, note FROM final_report_event WHERE proposal_id = :id ORDER BY number")
                .param("id", proposal.value())
                .query((row, n) -> new Event(
                        requireNonNull(CallTable.instant(row, "at")),
                        FinalReport.State.valueOf(row.getString("event")),
                        new PersonId(row.getObject("person_id", UUID.class)),
                        row.getString("note")))
                .list();
    }

    /** Notes which reminder was sent, where no other process has sent it. */
    boolean remind(ProposalId proposal, FinalReport.Reminder reminder, int version) {
        return jdbc.sql("""
                        UPDATE final_report SET reminded = :reminder, version = version + 1
                        WHERE proposal_id = :proposal AND version = :version""")
                        .param("reminder", reminder.name())
                        .param("proposal", proposal.value())
                        .param("version", version)
                        .update()
                == 1;
    }

    /** What an organisation owes and has not handed in although it was due, the longest first. */
    List<Row> overdue(OrganisationId organisation, Instant now) {
        return rows(
                "WHERE p.organisation_id = ANY(:organisations) AND r.state IN ('OWED', 'RETURNED') AND r.due_at <= :now",
                List.of(organisation),
                now,
                1_000);
    }

    /** What these organisations owe, or will as soon as what they were awarded is over, the first due first. */
    List<Row> open(Collection<OrganisationId> organisations, int most) {
        return rows(
                "WHERE p.organisation_id = ANY(:organisations) AND r.state IN ('OWED', 'RETURNED')",
                organisations,
                Instant.EPOCH,
                most);
    }

    /** What waits for an officer, the first handed in first. */
    List<Row> submitted(int most) {
        return rows("WHERE r.state = 'SUBMITTED'", List.of(), Instant.EPOCH, most);
    }

    /** What is open anywhere and due before an instant, the longest first. */
    List<Row> dueBefore(Instant instant, int most) {
        return rows("WHERE r.state IN ('OWED', 'RETURNED') AND r.due_at <= :now", List.of(), instant, most);
    }

    /** What is open and due before an instant, and has not had its last reminder. */
    List<Row> toRemind(Instant instant, int most) {
        return rows(
                "WHERE r.state IN ('OWED', 'RETURNED') AND r.due_at <= :now AND r.reminded IS DISTINCT FROM 'OVERDUE'",
                List.of(),
                instant,
                most);
    }

    private List<Row> rows(String where, Collection<OrganisationId> organisations, Instant now, int most) {
        return jdbc.sql("SELECT " + COLUMNS + ", p.code, p.title, p.organisation_id"
                        + " FROM final_report r JOIN proposal p ON p.id = r.proposal_id " + where
                        + " ORDER BY r.due_at, r.proposal_id LIMIT :most")
                .param(
                        "organisations",
                        organisations.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .param("now", utc(now))
                .param("most", most)
                .query((row, n) -> new Row(
                        report(row, n),
                        row.getString("code"),
                        row.getString("title"),
                        new OrganisationId(row.getObject("organisation_id", UUID.class))))
                .list();
    }

    private FinalReport report(ResultSet row, int number) throws SQLException {
        String reminded = row.getString("reminded");
        String hours = row.getString("hours");
        return new FinalReport(
                new ProposalId(row.getObject("proposal_id", UUID.class)),
                FinalReport.State.valueOf(row.getString("state")),
                requireNonNull(CallTable.instant(row, "ends_at")),
                requireNonNull(CallTable.instant(row, "due_at")),
                reminded == null ? null : FinalReport.Reminder.valueOf(reminded),
                new FinalReport.ReportContent(
                        row.getString("results"),
                        row.getString("publications"),
                        row.getString("outputs"),
                        row.getString("problems"),
                        row.getString("feedback"),
                        row.getString("summary"),
                        row.getObject("publish", Boolean.class)),
                signed(row, "edited"),
                signed(row, "submitted"),
                hours == null
                        ? List.of()
                        : json.readValue(hours, new TypeReference<List<FinalReport.ReportHours>>() {}),
                signed(row, "decided"),
                row.getString("note"),
                row.getInt("version"));
    }

    private static FinalReport.@Nullable Signed signed(ResultSet row, String what) throws SQLException {
        UUID by = row.getObject(what + "_by", UUID.class);
        return by == null
                ? null
                : new FinalReport.Signed(new PersonId(by), requireNonNull(CallTable.instant(row, what + "_at")));
    }

    private static @Nullable UUID by(FinalReport.@Nullable Signed signed) {
        return signed == null ? null : signed.by().value();
    }

    private static java.time.@Nullable OffsetDateTime at(FinalReport.@Nullable Signed signed) {
        return signed == null ? null : utc(signed.at());
    }
}
