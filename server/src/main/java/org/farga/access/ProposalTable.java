package org.farga.access;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.shared.CallId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

@Component
class ProposalTable {
    private static final String SELECT = """
            SELECT id, code, call_id, organisation_id, created_by, created_at, edited_at, state,
                   title, abstract, gpu_milliseconds, cpu_milliseconds, duration_months,
                   civilian_use, no_prohibited_practice, personal_data, sector, partition,
                   (SELECT jsonb_object_agg(s.section, s.answer) FROM proposal_section s WHERE s.proposal_id = proposal.id) AS sections,
                   (SELECT jsonb_object_agg(a.field, a.answer) FROM proposal_answer a WHERE a.proposal_id = proposal.id) AS answers,
                   submitted_at, submitted_by, rules_version, findings, cut_off_at, step, due_at,
                   decided_at, decided_by, decision_reason, offered_cluster,
                   awarded_gpu_milliseconds, awarded_cpu_milliseconds, award_ends_at, project_id, withdrawn_at,
                   seen_rules_version, version
            FROM proposal
            """;

    private static final String TEXT = "." + SectionForm.TEXT;

    private static final String EVENTS = """
            SELECT e.at, e.event, e.person_id, e.step, e.result, e.by_hand, n.note
            FROM proposal_event e LEFT JOIN proposal_event_note n ON n.number = e.number
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final ObjectReader findings;

    ProposalTable(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
        // Hours in the evidence are exact decimals, and must come back as such.
        this.findings = json.readerFor(new TypeReference<List<Finding>>() {})
                .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    }

    /**
     * Which proposals a list may hold: those of some organisations, what was submitted (anywhere, to some calls, in some
     * sectors), or all of them.
     */
    record Visible(
            Collection<OrganisationId> organisations,
            boolean submitted,
            boolean all,
            Collection<String> calls,
            Collection<String> sectors) {
        static Visible of(Collection<OrganisationId> organisations) {
            return new Visible(organisations, false, false, List.of(), List.of());
        }

        UUID[] ids() {
            return organisations.stream().map(OrganisationId::value).toArray(UUID[]::new);
        }

        UUID[] callIds() {
            return calls.stream().map(UUID::fromString).toArray(UUID[]::new);
        }
    }

    /** The next number for this prefix and year, from 1 on; nobody else is given it. */
    int nextNumber(String prefix, int year) {
        return jdbc.sql("""
                        INSERT INTO proposal_number (prefix, year, last) VALUES (:prefix, :year, 1)
                        ON CONFLICT (prefix, year) DO UPDATE SET last = proposal_number.last + 1
                        RETURNING last""")
                .param("prefix", prefix)
                .param("year", year)
                .query(Integer.class)
                .single();
    }

    /** A new draft; what is not a draft gets there by {@link #update}. */
    void insert(Proposal proposal) {
        jdbc.sql("""
                INSERT INTO proposal (id, code, call_id, organisation_id, created_by, created_at, edited_at, state,
                    seen_rules_version)
                VALUES (:id, :code, :call, :organisation, :createdBy, :createdAt, :editedAt, 'DRAFT', :seenRules)""")
                .param("id", proposal.id().value())
                .param("code", proposal.code())
                .param("call", proposal.call().value())
                .param("organisation", proposal.organisation().value())
                .param("createdBy", proposal.createdBy().value())
                .param("createdAt", CallTable.utc(proposal.createdAt()))
                .param("editedAt", CallTable.utc(proposal.editedAt()))
                .param("seenRules", proposal.seenRules())
                .update();
    }

    /** Writes one that this transaction has locked. */
    void write(Proposal proposal) {
        if (!update(proposal)) {
            throw new IllegalStateException("a locked proposal was changed by another: " + proposal.id());
        }
    }

    /** How long a proposal has been with whom, by all that happened to it. */
    ProposalClock clock(ProposalId id, ProposalState.Submission submission, WorkingDays workingDays) {
        return new ProposalClock(events(id), submission.cutOff(), workingDays);
    }

    /** Whether it was written: false where the row has another version by now. */
    boolean update(Proposal proposal) {
        Answers answers = proposal.answers();
        ProposalState state = proposal.state();
        ProposalState.Submission submission = state.handedIn();
        ProposalState.Decision decision = state.decided();
        ProposalState.Awarded awarded = state instanceof ProposalState.Awarded a ? a : null;
        Proposal.Granted offered = state instanceof ProposalState.Offered o
                ? o.granted()
                : state instanceof ProposalState.NoRoom n ? n.left() : null;
        PersonId decidedBy = decision == null ? null : decision.by();
        Proposal.Granted granted = offered != null
                ? offered
                : awarded == null ? null : new Proposal.Granted(awarded.gpuHours(), awarded.cpuHours(), "");
        boolean written = jdbc.sql("""
                        UPDATE proposal SET
                            edited_at = :editedAt, state = :state, title = :title, abstract = :abstract,
                            gpu_milliseconds = :gpu, cpu_milliseconds = :cpu, duration_months = :months,
                            civilian_use = :civilian, no_prohibited_practice = :noProhibited, personal_data = :personal, sector = :sector,
                            partition = :partition, seen_rules_version = :seenRules,
                            submitted_at = :submittedAt, submitted_by = :submittedBy, rules_version = :rulesVersion,
                            findings = :findings::jsonb, cut_off_at = :cutOff, step = :step, due_at = :dueAt,
                            decided_at = :decidedAt, decided_by = :decidedBy, decision_reason = :reason,
                            offered_cluster = :offeredCluster,
                            awarded_gpu_milliseconds = :awardedGpu, awarded_cpu_milliseconds = :awardedCpu,
                            award_ends_at = :awardEndsAt, project_id = :project, withdrawn_at = :withdrawnAt,
                            version = version + 1
                        WHERE id = :id AND version = :version""")
                        .param("editedAt", CallTable.utc(proposal.editedAt()))
                        .param("state", state.name().name())
                        .param("title", answers.title())
                        .param("abstract", answers.abstractText())
                        .param(
                                "gpu",
                                answers.gpuHours() == null
                                        ? null
                                        : answers.gpuHours().milliseconds())
                        .param(
                                "cpu",
                                answers.cpuHours() == null
                                        ? null
                                        : answers.cpuHours().milliseconds())
                        .param("months", answers.durationMonths())
                        .param("civilian", answers.civilianUse())
                        .param("noProhibited", answers.noProhibitedPractice())
                        .param("personal", answers.personalData())
                        .param("sector", answers.sector())
                        .param("partition", answers.partition())
                        .param("seenRules", proposal.seenRules())
                        .param("cutOff", submission == null ? null : CallTable.utc(submission.cutOff()))
                        .param(
                                "step",
                                state.inStep() == null ? null : state.inStep().name())
                        .param("offeredCluster", offered == null ? null : offered.cluster())
                        .param("submittedAt", submission == null ? null : CallTable.utc(submission.at()))
                        .param(
                                "submittedBy",
                                submission == null ? null : submission.by().value())
                        .param("rulesVersion", submission == null ? null : submission.rulesVersion())
                        .param("findings", submission == null ? null : json.writeValueAsString(submission.findings()))
                        .param("dueAt", CallTable.utc(state.decisionDueAt()))
                        .param("decidedAt", decision == null ? null : CallTable.utc(decision.at()))
                        .param("decidedBy", decidedBy == null ? null : decidedBy.value())
                        .param("reason", decision == null ? null : decision.reason())
                        .param(
                                "awardedGpu",
                                granted == null ? null : granted.gpuHours().milliseconds())
                        .param(
                                "awardedCpu",
                                granted == null ? null : granted.cpuHours().milliseconds())
                        .param("awardEndsAt", awarded == null ? null : CallTable.utc(awarded.endsAt()))
                        .param(
                                "project",
                                awarded == null ? null : awarded.project().value())
                        .param("withdrawnAt", state instanceof ProposalState.Withdrawn w ? CallTable.utc(w.at()) : null)
                        .param("id", proposal.id().value())
                        .param("version", proposal.version())
                        .update()
                == 1;
        if (written && state instanceof ProposalState.Draft) {
            writeFields(proposal.id(), answers.fields());
        }
        return written;
    }

    /** What is one text for a section stays where older programs look for it. */
    private void writeFields(ProposalId proposal, Map<String, String> fields) {
        Map<Boolean, List<Map.Entry<String, String>>> byKind = fields.entrySet().stream()
                .collect(Collectors.partitioningBy(f -> f.getKey().endsWith(TEXT)));
        List<Map.Entry<String, String>> texts = requireNonNull(byKind.get(true));
        jdbc.sql("DELETE FROM proposal_section WHERE proposal_id = :proposal AND section <> ALL(:kept)")
                .param("proposal", proposal.value())
                .param("kept", texts.stream().map(f -> section(f.getKey())).toArray(String[]::new))
                .update();
        texts.forEach(text -> jdbc.sql("""
                        INSERT INTO proposal_section (proposal_id, section, answer) VALUES (:proposal, :section, :answer)
                        ON CONFLICT (proposal_id, section) DO UPDATE SET answer = excluded.answer
                        WHERE proposal_section.answer <> excluded.answer""")
                .param("proposal", proposal.value())
                .param("section", section(text.getKey()))
                .param("answer", text.getValue())
                .update());
        List<Map.Entry<String, String>> answers = requireNonNull(byKind.get(false));
        String[] names = answers.stream().map(Map.Entry::getKey).toArray(String[]::new);
        jdbc.sql("DELETE FROM proposal_answer WHERE proposal_id = :proposal AND field <> ALL(:kept)")
                .param("proposal", proposal.value())
                .param("kept", names)
                .update();
        jdbc.sql("""
                        INSERT INTO proposal_answer (proposal_id, field, answer)
                        SELECT :proposal, f.field, f.answer FROM unnest(:fields::text[], :answers::text[]) AS f (field, answer)
                        ON CONFLICT (proposal_id, field) DO UPDATE SET answer = excluded.answer
                        WHERE proposal_answer.answer <> excluded.answer""")
                .param("proposal", proposal.value())
                .param("fields", names)
                .param("answers", answers.stream().map(Map.Entry::getValue).toArray(String[]::new))
                .update();
    }

    private static String section(String field) {
        return field.substring(0, field.length() - TEXT.length());
    }

    Optional<Proposal> find(ProposalId id) {
        return jdbc.sql(SELECT + "WHERE id = :id")
                .param("id", id.value())
                .query(this::proposal)
                .optional();
    }

    Optional<Proposal> find(String code) {
        return jdbc.sql(SELECT + "WHERE code = upper(:code)")
                .param("code", code)
                .query(this::proposal)
                .optional();
    }

    /** The same with its row locked until the end of the transaction: transitions happen one after another. */
    Optional<Proposal> lock(ProposalId id) {
        // Read by a statement of its own: one that waited for the lock would see the row as it is now, but the answers,
        // which
        // are other tables' rows, as they were before it waited.
        return jdbc.sql("SELECT id FROM proposal WHERE id = :id FOR UPDATE")
                .param("id", id.value())
                .query((row, n) -> id)
                .optional()
                .flatMap(this::find);
    }

    /** Newest first, after the given one; in one state, or in any where it is null. */
    List<Proposal> list(Visible visible, ProposalState.@Nullable Name state, @Nullable ProposalId after, int most) {
        return jdbc.sql(SELECT + """
                        WHERE (:all OR organisation_id = ANY(:organisations)
                            OR (state <> 'DRAFT'
                                AND (:submitted OR call_id = ANY(:calls) OR sector = ANY(:sectors))))
                          AND (:anyState OR state = :state)
                          AND (:fromTop OR id < :after)
                        ORDER BY id DESC LIMIT :most""")
                .param("all", visible.all())
                .param("organisations", visible.ids())
                .param("submitted", visible.submitted())
                .param("calls", visible.callIds())
                .param("sectors", visible.sectors().toArray(String[]::new))
                .param("anyState", state == null)
                .param("state", state == null ? "" : state.name())
                .param("fromTop", after == null)
                .param("after", after == null ? new UUID(0, 0) : after.value())
                .param("most", most)
                .query(this::proposal)
                .list();
    }

    /** What waits for somebody of the centre, the most urgent first. */
    List<Proposal> waiting(int most) {
        return jdbc.sql(SELECT + "WHERE state = 'SUBMITTED' ORDER BY due_at, id LIMIT :most")
                .param("most", most)
                .query(this::proposal)
                .list();
    }

    /** What an organisation has submitted and what was not decided to its end. */
    List<Proposal> underWay(OrganisationId organisation, int most) {
        return jdbc.sql(SELECT + """
                        WHERE organisation_id = :organisation AND state IN ('SUBMITTED', 'WAITING', 'OFFERED', 'NO_ROOM', 'QUEUED')
                        ORDER BY id DESC LIMIT :most""")
                .param("organisation", organisation.value())
                .param("most", most)
                .query(this::proposal)
                .list();
    }

    /** What these organisations were asked or offered, the most urgent first. */
    List<Proposal> withApplicant(Collection<OrganisationId> organisations, int most) {
        return jdbc.sql(SELECT + """
                        WHERE organisation_id = ANY(:organisations) AND state IN ('WAITING', 'OFFERED', 'NO_ROOM')
                        ORDER BY due_at NULLS FIRST, id LIMIT :most""")
                .param("organisations", Visible.of(organisations).ids())
                .param("most", most)
                .query(this::proposal)
                .list();
    }

    /** What is overdue since before this instant and was not escalated since. */
    List<ProposalId> overdue(Instant now, int most) {
        return jdbc.sql("""
                        SELECT p.id FROM proposal p
                        WHERE p.state IN ('SUBMITTED', 'OFFERED', 'NO_ROOM') AND p.due_at < :now
                          AND NOT EXISTS (SELECT FROM proposal_event e
                                          WHERE e.proposal_id = p.id AND e.event = 'ESCALATED' AND e.at >= p.due_at)
                        ORDER BY p.due_at LIMIT :most""")
                .param("now", CallTable.utc(now))
                .param("most", most)
                .query((row, n) -> new ProposalId(row.getObject("id", UUID.class)))
                .list();
    }

    /** What was awarded to these organisations since then, newest first. */
    List<Proposal> awardedSince(Collection<OrganisationId> organisations, Instant since, int most) {
        return jdbc.sql(SELECT + """
                        WHERE state = 'AWARDED' AND organisation_id = ANY(:organisations) AND decided_at >= :since
                        ORDER BY decided_at DESC LIMIT :most""")
                .param("organisations", Visible.of(organisations).ids())
                .param("since", CallTable.utc(since))
                .param("most", most)
                .query(this::proposal)
                .list();
    }

    /** Who waits for hours under a call, in the order of the decisions that there were none. */
    List<Proposal> queue(CallId call) {
        return jdbc.sql(SELECT + "WHERE call_id = :call AND state = 'QUEUED' ORDER BY decided_at, id")
                .param("call", call.value())
                .query(this::proposal)
                .list();
    }

    int countDrafts(OrganisationId organisation) {
        return jdbc.sql("SELECT count(*) FROM proposal WHERE organisation_id = :organisation AND state = 'DRAFT'")
                .param("organisation", organisation.value())
                .query(Integer.class)
                .single();
    }

    /** Other proposals of the organisation in this mode that are under decision, or awarded and not over. */
    int countLive(OrganisationId organisation, Call.Mode mode, ProposalId except, Instant now) {
        return jdbc.sql("""
                        SELECT count(*) FROM proposal p JOIN call c ON c.id = p.call_id
                        WHERE p.organisation_id = :organisation AND c.mode = :mode AND p.id <> :except
                          AND (p.state IN ('SUBMITTED', 'WAITING', 'OFFERED', 'NO_ROOM', 'QUEUED') OR (p.state = 'AWARDED' AND p.award_ends_at > :now))""")
                .param("organisation", organisation.value())
                .param("mode", mode.name())
                .param("except", except.value())
                .param("now", CallTable.utc(now))
                .query(Integer.class)
                .single();
    }

    /** The cut-offs of a call of which something was submitted, the latest first; null where intake was rolling. */
    List<@Nullable Instant> cutOffs(CallId call) {
        return jdbc
                .sql("""
                        SELECT DISTINCT cut_off_at FROM proposal WHERE call_id = :call AND state <> 'DRAFT'
                        ORDER BY cut_off_at DESC NULLS LAST LIMIT 200""")
                .param("call", call.value())
                .query((row, n) -> java.util.Optional.ofNullable(CallTable.instant(row, "cut_off_at")))
                .list()
                .stream()
                .<@Nullable Instant>map(found -> found.orElse(null))
                .toList();
    }

    /** Of one cut-off of a call, or without one, what came through its reviews and was not turned down, by code. */
    List<Proposal> pastReview(CallId call, @Nullable Instant cutOff, int most) {
        return jdbc.sql(SELECT + """
                        WHERE call_id = :call AND cut_off_at IS NOT DISTINCT FROM :cutOff
                          AND (state IN ('OFFERED', 'AWARDED') OR (state IN ('SUBMITTED', 'WAITING') AND step IN ('PANEL', 'DECISION')))
                        ORDER BY code LIMIT :most""")
                .param("call", call.value())
                .param("cutOff", CallTable.utc(cutOff), java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .param("most", most)
                .query(this::proposal)
                .list();
    }

    /** Waits for others who submit for the same organisation: each must count what the one before was awarded. */
    void lockSubmissionsOf(OrganisationId organisation) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('access.submission ' || :organisation, 0))")
                .param("organisation", organisation.toString())
                .query((row, n) -> true)
                .single();
    }

    void insertEvent(ProposalId proposal, ProposalEvent event) {
        long number = jdbc.sql("""
                        INSERT INTO proposal_event (proposal_id, at, event, person_id, step, result, by_hand)
                        VALUES (:proposal, :at, :event, :person, :step, :result, :byHand) RETURNING number""")
                .param("proposal", proposal.value())
                .param("at", CallTable.utc(event.at()))
                .param("event", event.kind().name())
                .param("person", event.by() == null ? null : event.by().value())
                .param("step", event.step() == null ? null : event.step().name())
                .param("result", event.result() == null ? null : event.result().name())
                .param("byHand", event.byHand())
                .query(Long.class)
                .single();
        if (event.note() != null) {
            jdbc.sql("INSERT INTO proposal_event_note (number, note) VALUES (:number, :note)")
                    .param("number", number)
                    .param("note", event.note())
                    .update();
        }
    }

    /** In the order in which they happened. */
    List<ProposalEvent> events(ProposalId proposal) {
        return jdbc.sql(EVENTS + "WHERE e.proposal_id = :id ORDER BY e.number")
                .param("id", proposal.value())
                .query((row, n) -> event(row))
                .list();
    }

    /** The history of one of many proposals, with what plots need to know of it. */
    record History(
            ProposalId proposal,
            Call.Mode mode,
            CallId call,
            int rulesVersion,
            @Nullable Instant cutOff,
            List<ProposalEvent> events) {}

    /** The histories of what was submitted since then, the latest first, without the notes' texts. */
    List<History> histories(Instant since, int most) {
        Map<ProposalId, History> found = new LinkedHashMap<>();
        jdbc.sql("""
                        SELECT p.id, p.cut_off_at, p.call_id, p.rules_version, c.mode, e.at, e.event, e.person_id, e.step, e.result, e.by_hand, NULL AS note
                        FROM (SELECT * FROM proposal WHERE submitted_at >= :since ORDER BY submitted_at DESC LIMIT :most) p
                             JOIN call c ON c.id = p.call_id JOIN proposal_event e ON e.proposal_id = p.id
                        ORDER BY p.submitted_at DESC, p.id, e.number""").param("since", CallTable.utc(since)).param("most", most).query(row -> {
            ProposalId id = new ProposalId(row.getObject("id", UUID.class));
            History history = found.get(id);
            if (history == null) {
                history = new History(
                        id,
                        Call.Mode.valueOf(row.getString("mode")),
                        new CallId(row.getObject("call_id", UUID.class)),
                        row.getInt("rules_version"),
                        CallTable.instant(row, "cut_off_at"),
                        new ArrayList<>());
                found.put(id, history);
            }
            history.events().add(event(row));
        });
        return List.copyOf(found.values());
    }

    /** How many drafts there are that were begun since then, by mode. */
    Map<Call.Mode, Integer> countDraftsSince(Instant since) {
        Map<Call.Mode, Integer> counts = new EnumMap<>(Call.Mode.class);
        jdbc.sql("""
                        SELECT c.mode, count(*) AS drafts FROM proposal p JOIN call c ON c.id = p.call_id
                        WHERE p.created_at >= :since AND p.state = 'DRAFT' GROUP BY c.mode""").param("since", CallTable.utc(since)).query(row -> {
            counts.put(Call.Mode.valueOf(row.getString("mode")), row.getInt("drafts"));
        });
        return counts;
    }

    private static ProposalEvent event(ResultSet row) throws SQLException {
        String step = row.getString("step");
        String result = row.getString("result");
        return new ProposalEvent(
                at(row, "at"),
                ProposalEvent.Kind.valueOf(row.getString("event")),
                person(row, "person_id"),
                step == null ? null : Step.Kind.valueOf(step),
                result == null ? null : ProposalEvent.Result.valueOf(result),
                row.getBoolean("by_hand"),
                row.getString("note"));
    }

    private Proposal proposal(ResultSet row, int number) throws SQLException {
        Integer months = row.getObject("duration_months", Integer.class);
        Long gpu = row.getObject("gpu_milliseconds", Long.class);
        Long cpu = row.getObject("cpu_milliseconds", Long.class);
        Answers answers = new Answers(
                row.getString("title"),
                row.getString("abstract"),
                gpu == null ? null : new GpuHours(gpu),
                cpu == null ? null : new CpuHours(cpu),
                months,
                row.getObject("civilian_use", Boolean.class),
                row.getObject("no_prohibited_practice", Boolean.class),
                row.getObject("personal_data", Boolean.class),
                row.getString("sector"),
                row.getString("partition"),
                fields(row.getString("sections"), row.getString("answers")));
        return new Proposal(
                new ProposalId(row.getObject("id", UUID.class)),
                row.getString("code"),
                new CallId(row.getObject("call_id", UUID.class)),
                new OrganisationId(row.getObject("organisation_id", UUID.class)),
                new PersonId(row.getObject("created_by", UUID.class)),
                at(row, "created_at"),
                at(row, "edited_at"),
                answers,
                state(row),
                row.getInt("seen_rules_version"),
                row.getInt("version"));
    }

    private Map<String, String> fields(@Nullable String texts, @Nullable String answers) {
        Map<String, String> fields = new HashMap<>();
        read(texts).forEach((section, text) -> fields.put(section + TEXT, text));
        fields.putAll(read(answers));
        return fields;
    }

    private Map<String, String> read(@Nullable String kept) {
        return kept == null ? Map.of() : json.readValue(kept, new TypeReference<Map<String, String>>() {});
    }

    private ProposalState state(ResultSet row) throws SQLException {
        ProposalState.Name name = ProposalState.Name.valueOf(row.getString("state"));
        if (name == ProposalState.Name.DRAFT) {
            return new ProposalState.Draft();
        }
        ProposalState.Submission submission = new ProposalState.Submission(
                at(row, "submitted_at"),
                new PersonId(row.getObject("submitted_by", UUID.class)),
                row.getInt("rules_version"),
                findings.readValue(row.getString("findings")),
                CallTable.instant(row, "cut_off_at"));
        String kept = row.getString("step");
        // An older process that still runs writes none: there was only the decision.
        Step.Kind step = kept == null ? Step.Kind.DECISION : Step.Kind.valueOf(kept);
        return switch (name) {
            case DRAFT -> throw new IllegalStateException();
            case SUBMITTED -> new ProposalState.Submitted(submission, step, at(row, "due_at"));
            case WAITING -> new ProposalState.Waiting(submission, step);
            case OFFERED ->
                new ProposalState.Offered(
                        submission,
                        decision(row),
                        new Proposal.Granted(
                                new GpuHours(row.getLong("awarded_gpu_milliseconds")),
                                new CpuHours(row.getLong("awarded_cpu_milliseconds")),
                                row.getString("offered_cluster")),
                        at(row, "due_at"));
            case NO_ROOM ->
                new ProposalState.NoRoom(
                        submission,
                        decision(row),
                        new Proposal.Granted(
                                new GpuHours(row.getLong("awarded_gpu_milliseconds")),
                                new CpuHours(row.getLong("awarded_cpu_milliseconds")),
                                row.getString("offered_cluster")),
                        at(row, "due_at"));
            case QUEUED -> new ProposalState.Queued(submission, decision(row));
            case AWARDED ->
                new ProposalState.Awarded(
                        submission,
                        CallTable.instant(row, "due_at"),
                        decision(row),
                        new ProjectId(row.getObject("project_id", UUID.class)),
                        new GpuHours(row.getLong("awarded_gpu_milliseconds")),
                        new CpuHours(row.getLong("awarded_cpu_milliseconds")),
                        at(row, "award_ends_at"));
            case DECLINED -> new ProposalState.Declined(submission, CallTable.instant(row, "due_at"), decision(row));
            case WITHDRAWN ->
                new ProposalState.Withdrawn(submission, CallTable.instant(row, "due_at"), at(row, "withdrawn_at"));
        };
    }

    private static ProposalState.Decision decision(ResultSet row) throws SQLException {
        return new ProposalState.Decision(
                at(row, "decided_at"), person(row, "decided_by"), row.getString("decision_reason"));
    }

    private static Instant at(ResultSet row, String column) throws SQLException {
        return requireNonNull(CallTable.instant(row, column), column);
    }

    private static @Nullable PersonId person(ResultSet row, String column) throws SQLException {
        UUID id = row.getObject(column, UUID.class);
        return id == null ? null : new PersonId(id);
    }
}
