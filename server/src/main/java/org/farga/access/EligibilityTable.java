package org.farga.access;

import static org.farga.platform.Timestamps.utc;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.CallId;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class EligibilityTable {
    private static final BigDecimal MILLISECONDS_PER_HOUR = BigDecimal.valueOf(3_600_000);

    private final JdbcClient jdbc;

    EligibilityTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Map<Practice, Practice.Said> practices(ProposalId proposal) {
        Map<Practice, Practice.Said> said = new EnumMap<>(Practice.class);
        jdbc.sql("SELECT practice, said FROM proposal_practice WHERE proposal_id = :proposal")
                .param("proposal", proposal.value())
                .query(row -> {
                    said.put(Practice.valueOf(row.getString("practice")), Practice.Said.valueOf(row.getString("said")));
                });
        return said;
    }

    /** What is said anew; what is said the same stays with who said it first. */
    void say(ProposalId proposal, Map<Practice, Practice.Said> said, PersonId by, Instant at) {
        said.forEach((practice, answer) -> jdbc.sql("""
                        INSERT INTO proposal_practice (proposal_id, practice, said, said_by, said_at)
                        VALUES (:proposal, :practice, :said, :by, :at)
                        ON CONFLICT (proposal_id, practice) DO UPDATE SET said = :said, said_by = :by, said_at = :at
                        WHERE proposal_practice.said <> :said""")
                .param("proposal", proposal.value())
                .param("practice", practice.name())
                .param("said", answer.name())
                .param("by", by.value())
                .param("at", utc(at))
                .update());
    }

    /** Takes back what was said of single practices, because it is said in one word now. */
    void unsay(ProposalId proposal) {
        jdbc.sql("DELETE FROM proposal_practice WHERE proposal_id = :proposal")
                .param("proposal", proposal.value())
                .update();
    }

    /** Why the applicant asks for exceptions, by rule. */
    Map<Rule, ExceptionAsked> exceptions(ProposalId proposal) {
        Map<Rule, ExceptionAsked> asked = new EnumMap<>(Rule.class);
        jdbc.sql("SELECT rule, justification, asked_by, asked_at FROM proposal_exception WHERE proposal_id = :proposal")
                .param("proposal", proposal.value())
                .query(row -> {
                    asked.put(
                            Rule.valueOf(row.getString("rule")),
                            new ExceptionAsked(
                                    row.getString("justification"),
                                    new PersonId(row.getObject("asked_by", UUID.class)),
                                    row.getObject("asked_at", OffsetDateTime.class)
                                            .toInstant()));
                });
        return asked;
    }

    void ask(ProposalId proposal, Rule rule, ExceptionAsked asked) {
        jdbc.sql("""
                INSERT INTO proposal_exception (proposal_id, rule, justification, asked_by, asked_at)
                VALUES (:proposal, :rule, :justification, :by, :at)
                ON CONFLICT (proposal_id, rule) DO UPDATE SET justification = :justification, asked_by = :by, asked_at = :at""")
                .param("proposal", proposal.value())
                .param("rule", rule.name())
                .param("justification", asked.justification())
                .param("by", asked.by().value())
                .param("at", utc(asked.at()))
                .update();
    }

    void takeBack(ProposalId proposal, Rule rule) {
        jdbc.sql("DELETE FROM proposal_exception WHERE proposal_id = :proposal AND rule = :rule")
                .param("proposal", proposal.value())
                .param("rule", rule.name())
                .update();
    }

    void insert(FindingRuling ruling) {
        jdbc.sql("""
                INSERT INTO finding_ruling (proposal_id, rule, answer, reason, evidence, decided_by, decided_at)
                VALUES (:proposal, :rule, :answer, :reason, :evidence, :by, :at)""")
                .param("proposal", ruling.proposal().value())
                .param("rule", ruling.rule().name())
                .param("answer", ruling.answer().name())
                .param("reason", ruling.reason())
                .param("evidence", ruling.evidence(), Types.VARCHAR)
                .param("by", ruling.by().value())
                .param("at", utc(ruling.at()))
                .update();
    }

    /** The last ruling on each rule. */
    Map<Rule, FindingRuling> rulings(ProposalId proposal) {
        Map<Rule, FindingRuling> rulings = new EnumMap<>(Rule.class);
        jdbc.sql("""
                        SELECT rule, answer, reason, evidence, decided_by, decided_at FROM finding_ruling
                        WHERE proposal_id = :proposal ORDER BY number""").param("proposal", proposal.value()).query(row -> {
            Rule rule = Rule.valueOf(row.getString("rule"));
            rulings.put(
                    rule,
                    new FindingRuling(
                            proposal,
                            rule,
                            Finding.Answer.valueOf(row.getString("answer")),
                            row.getString("reason"),
                            row.getString("evidence"),
                            new PersonId(row.getObject("decided_by", UUID.class)),
                            row.getObject("decided_at", OffsetDateTime.class).toInstant()));
        });
        return rulings;
    }

    void insert(LegalEntity entity) {
        jdbc.sql("""
                INSERT INTO legal_entity (organisation_id, register, entry, explanation, declared_by, declared_at)
                VALUES (:organisation, :register, :entry, :explanation, :by, :at)""")
                .param("organisation", entity.organisation().value())
                .param("register", entity.register(), Types.VARCHAR)
                .param("entry", entity.entry(), Types.VARCHAR)
                .param("explanation", entity.explanation(), Types.VARCHAR)
                .param("by", entity.declaredBy().value())
                .param("at", utc(entity.declaredAt()))
                .update();
    }

    Optional<LegalEntity> legalEntity(OrganisationId organisation) {
        return jdbc.sql("""
                        SELECT register, entry, explanation, declared_by, declared_at FROM legal_entity
                        WHERE organisation_id = :organisation ORDER BY number DESC LIMIT 1""")
                .param("organisation", organisation.value())
                .query((row, n) -> new LegalEntity(
                        organisation,
                        row.getString("register"),
                        row.getString("entry"),
                        row.getString("explanation"),
                        new PersonId(row.getObject("declared_by", UUID.class)),
                        row.getObject("declared_at", OffsetDateTime.class).toInstant()))
                .optional();
    }

    /** Lets nobody else be awarded from the funds of a call until this transaction's end. */
    void lockFunds(CallId call) {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('access.funds ' || :call, 0))")
                .param("call", call.toString())
                .query((row, n) -> true)
                .single();
    }

    /**
     * What of a call's funds is awarded and offered by now, but for one proposal. What was given back or moved later counts
     * still: an officer who wants to give it out again raises the fund.
     */
    List<FundLeft> fundsLeft(CallId call, CallRules rules, ProposalId except) {
        List<RuleParameters.Fund> funds = rules.parameters().funds();
        if (funds.isEmpty()) {
            return List.of();
        }
        // The only partition of a call need not be named.
        String only =
                rules.partitions().size() == 1 ? rules.partitions().getFirst().key() : "";
        Map<String, BigDecimal[]> awarded = new HashMap<>();
        jdbc.sql("""
                        SELECT coalesce(partition, :only) AS key, sum(awarded_gpu_milliseconds) AS gpu, sum(awarded_cpu_milliseconds) AS cpu
                        FROM proposal WHERE call_id = :call AND id <> :except AND state IN ('OFFERED', 'AWARDED')
                        GROUP BY 1""")
                .param("only", only)
                .param("call", call.value())
                .param("except", except.value())
                .query(row -> {
                    awarded.put(
                            row.getString("key"),
                            new BigDecimal[] {hours(row.getBigDecimal("gpu")), hours(row.getBigDecimal("cpu"))});
                });
        return funds.stream()
                .map(f -> new FundLeft(
                        f.partition(),
                        f.gpuHours() == null ? null : f.gpuHours().hours(),
                        sum(awarded, f.partition(), 0),
                        f.cpuHours() == null ? null : f.cpuHours().hours(),
                        sum(awarded, f.partition(), 1)))
                .toList();
    }

    private static BigDecimal sum(
            Map<String, BigDecimal[]> awarded, @org.jspecify.annotations.Nullable String partition, int kind) {
        return awarded.entrySet().stream()
                .filter(e -> partition == null || e.getKey().equals(partition))
                .map(e -> e.getValue()[kind])
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static BigDecimal hours(BigDecimal milliseconds) {
        return milliseconds.divide(MILLISECONDS_PER_HOUR, 4, RoundingMode.HALF_UP);
    }
}
