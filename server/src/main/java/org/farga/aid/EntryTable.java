package org.farga.aid;

import static org.farga.platform.Timestamps.utc;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.farga.shared.AllocationId;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

@Component
class EntryTable {
    private static final String SELECT = """
            SELECT e.id, e.number, e.kind, e.grant_id, e.organisation_id, e.beneficiary, e.tax_id, e.regime, e.regulation,
                e.member_state, e.granted_on, e.amount_cents, e.authority, e.instrument, e.sector, e.reference, e.source_id,
                e.allocation_id, e.gpu_milliseconds, e.cpu_milliseconds, e.gpu_hour_cents, e.cpu_hour_cents,
                e.share_basis_points, e.reason, e.recorded_by, e.recorded_at, e.register_due_on,
                r.entered_on, r.register_reference, r.entered_by, r.entered_at
            FROM aid_entry e LEFT JOIN aid_registration r ON r.entry_id = e.id
            """;
    private static final String STANDING = """
            SELECT e.organisation_id, e.grant_id, e.granted_on, e.member_state, e.authority, e.reference,
                   sum(e.amount_cents) AS cents
            FROM aid_entry e
            WHERE e.regime = 'DE_MINIMIS' AND %s
            GROUP BY e.organisation_id, e.grant_id, e.granted_on, e.member_state, e.authority, e.reference
            HAVING sum(e.amount_cents) > 0
            ORDER BY e.granted_on, e.grant_id""";
    private static final String WHERE = """
             WHERE (CAST(:text AS text) IS NULL OR e.beneficiary ILIKE :text OR e.tax_id ILIKE :text OR e.reference ILIKE :text)
               AND (CAST(:regime AS text) IS NULL OR e.regime = :regime)
               AND (CAST(:from AS date) IS NULL OR e.granted_on >= :from)
               AND (CAST(:to AS date) IS NULL OR e.granted_on <= :to)
               AND (:all OR r.entry_id IS NULL AND (NOT :overdue OR e.register_due_on < :today))
               AND (CAST(:before AS bigint) IS NULL OR e.number < :before)
             ORDER BY e.number DESC LIMIT :most""";

    private final JdbcClient jdbc;

    EntryTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Answers it with its number. */
    AidEntry insert(AidEntry entry) {
        AidEntry.Basis basis = entry.basis();
        jdbc.sql("""
                INSERT INTO aid_entry (id, kind, grant_id, organisation_id, beneficiary, tax_id, regime, regulation, member_state,
                    granted_on, amount_cents, authority, instrument, sector, reference, source_id, allocation_id,
                    gpu_milliseconds, cpu_milliseconds, gpu_hour_cents, cpu_hour_cents, share_basis_points, reason, recorded_by,
                    recorded_at, register_due_on)
                VALUES (:id, :kind, :grant, :organisation, :beneficiary, :tax, :regime, :regulation, :state, :on, :cents,
                    :authority, :instrument, :sector, :reference, :source, :allocation, :gpu, :cpu, :gpuCents, :cpuCents, :share,
                    :reason, :by, :at, :due)""")
                .param("id", entry.id())
                .param("kind", entry.kind().name())
                .param("grant", entry.grant())
                .param("organisation", entry.organisation().value())
                .param("beneficiary", entry.beneficiary())
                .param("tax", entry.taxId())
                .param("regime", entry.regime().name())
                .param("regulation", entry.regulation())
                .param("state", entry.memberState())
                .param("on", entry.grantedOn())
                .param("cents", entry.cents())
                .param("authority", entry.authority())
                .param("instrument", entry.instrument().name())
                .param("sector", entry.sector())
                .param("reference", entry.reference())
                .param("source", entry.source())
                .param(
                        "allocation",
                        entry.allocation() == null ? null : entry.allocation().value(),
                        Types.OTHER)
                .param("gpu", basis == null ? null : basis.gpuHours().milliseconds(), Types.BIGINT)
                .param("cpu", basis == null ? null : basis.cpuHours().milliseconds(), Types.BIGINT)
                .param("gpuCents", basis == null ? null : basis.gpuHourCents(), Types.NUMERIC)
                .param("cpuCents", basis == null ? null : basis.cpuHourCents(), Types.NUMERIC)
                .param("share", basis == null ? null : basis.basisPoints(), Types.INTEGER)
                .param("reason", entry.reason(), Types.VARCHAR)
                .param(
                        "by",
                        entry.recordedBy() == null ? null : entry.recordedBy().value(),
                        Types.OTHER)
                .param("at", utc(entry.recordedAt()))
                .param("due", entry.registerDueOn())
                .update();
        return find(entry.id()).orElseThrow();
    }

    /** False where it was entered before. */
    boolean insert(UUID entry, AidEntry.Registration registration) {
        return jdbc.sql("""
                        INSERT INTO aid_registration (entry_id, entered_on, register_reference, entered_by, entered_at)
                        VALUES (:entry, :on, :reference, :by, :at) ON CONFLICT DO NOTHING""")
                        .param("entry", entry)
                        .param("on", registration.enteredOn())
                        .param("reference", registration.reference(), Types.VARCHAR)
                        .param("by", registration.by().value())
                        .param("at", utc(registration.at()))
                        .update()
                == 1;
    }

    Optional<AidEntry> find(UUID id) {
        return jdbc.sql(SELECT + " WHERE e.id = :id")
                .param("id", id)
                .query(EntryTable::row)
                .optional();
    }

    /** A grant and what put it right, in their order. */
    List<AidEntry> ofGrant(UUID grant) {
        return jdbc.sql(SELECT + " WHERE e.grant_id = :grant ORDER BY e.number")
                .param("grant", grant)
                .query(EntryTable::row)
                .list();
    }

    /** Those of an allocation, in their order. */
    List<AidEntry> ofAllocation(AllocationId allocation) {
        return jdbc.sql(SELECT + " WHERE e.allocation_id = :allocation ORDER BY e.number")
                .param("allocation", allocation.value())
                .query(EntryTable::row)
                .list();
    }

    /** Those of an organisation, the newest first, at most five hundred. */
    List<AidEntry> ofOrganisation(OrganisationId organisation) {
        return jdbc.sql(SELECT + " WHERE e.organisation_id = :id ORDER BY e.number DESC LIMIT 500")
                .param("id", organisation.value())
                .query(EntryTable::row)
                .list();
    }

    /** What stands of each de minimis grant to any of these, with its corrections; those that nothing stands of are left out. */
    List<Headroom.Line> standing(Collection<OrganisationId> organisations) {
        return jdbc.sql(STANDING.formatted("e.organisation_id = ANY(:ids)"))
                .param("ids", organisations.stream().map(OrganisationId::value).toArray(UUID[]::new))
                .query(EntryTable::standing)
                .list();
    }

    /** The same of everybody, of grants since a day. */
    List<Headroom.Line> standingSince(LocalDate day) {
        return jdbc.sql(STANDING.formatted("e.granted_on >= :day"))
                .param("day", day)
                .query(EntryTable::standing)
                .list();
    }

    private static Headroom.Line standing(ResultSet row, int number) throws SQLException {
        return new Headroom.Line(
                new OrganisationId(row.getObject("organisation_id", UUID.class)),
                row.getObject("grant_id", UUID.class),
                row.getObject("granted_on", LocalDate.class),
                row.getLong("cents"),
                row.getString("member_state"),
                row.getString("authority"),
                row.getString("reference"),
                false);
    }

    /**
     * What to list of the register.
     *
     * @param text part of a beneficiary's name or tax number, or of a reference
     * @param open only what is not in the central register yet
     * @param overdue of that, only what should be
     */
    record Filter(
            @Nullable String text,
            @Nullable Regime regime,
            @Nullable LocalDate from,
            @Nullable LocalDate to,
            boolean open,
            boolean overdue) {}

    /** Newest first, those before a number. */
    List<AidEntry> list(Filter filter, @Nullable Long before, LocalDate today, int most) {
        return jdbc.sql(SELECT + WHERE)
                .param("text", like(filter.text()), Types.VARCHAR)
                .param(
                        "regime",
                        filter.regime() == null ? null : filter.regime().name(),
                        Types.VARCHAR)
                .param("from", filter.from(), Types.DATE)
                .param("to", filter.to(), Types.DATE)
                .param("all", !filter.open() && !filter.overdue())
                .param("overdue", filter.overdue())
                .param("today", today)
                .param("before", before, Types.BIGINT)
                .param("most", most)
                .query(EntryTable::row)
                .list();
    }

    private static @Nullable String like(@Nullable String text) {
        return text == null || text.isBlank() ? null : "%" + text.strip().replaceAll("([\\\\%_])", "\\\\$1") + "%";
    }

    /** How many lines are not in the central register and how many of them should be, and since when. */
    record Open(long open, long overdue, @Nullable LocalDate firstDue) {}

    Open open(LocalDate today) {
        return jdbc.sql("""
                        SELECT count(*) AS open, count(*) FILTER (WHERE e.register_due_on < :today) AS overdue,
                               min(e.register_due_on) AS first
                        FROM aid_entry e
                        WHERE NOT EXISTS (SELECT FROM aid_registration r WHERE r.entry_id = e.id)""")
                .param("today", today)
                .query((row, n) ->
                        new Open(row.getLong("open"), row.getLong("overdue"), row.getObject("first", LocalDate.class)))
                .single();
    }

    /** A letter that is queued or made. */
    record Letter(
            UUID entry,
            String language,
            long usedCents,
            @Nullable Long ceilingCents,
            @Nullable OffsetDateTime madeAt) {}

    void insert(Letter letter) {
        jdbc.sql("""
                INSERT INTO aid_letter (entry_id, language, used_cents, ceiling_cents)
                VALUES (:entry, :language, :used, :ceiling)""")
                .param("entry", letter.entry())
                .param("language", letter.language())
                .param("used", letter.usedCents())
                .param("ceiling", letter.ceilingCents(), Types.BIGINT)
                .update();
    }

    Optional<Letter> letter(UUID entry) {
        return letters(List.of(entry)).values().stream().findFirst();
    }

    /** Of these entries, by their identifiers. */
    Map<UUID, Letter> letters(Collection<UUID> entries) {
        Map<UUID, Letter> found = new HashMap<>();
        jdbc.sql("""
                        SELECT entry_id, language, used_cents, ceiling_cents, made_at FROM aid_letter
                        WHERE entry_id = ANY(:ids)""").param("ids", entries.toArray(UUID[]::new)).query(row -> {
            UUID entry = row.getObject("entry_id", UUID.class);
            found.put(
                    entry,
                    new Letter(
                            entry,
                            row.getString("language"),
                            row.getLong("used_cents"),
                            row.getObject("ceiling_cents", Long.class),
                            row.getObject("made_at", OffsetDateTime.class)));
        });
        return found;
    }

    Optional<byte[]> pdf(UUID entry) {
        return jdbc.sql("SELECT pdf FROM aid_letter WHERE entry_id = :entry AND pdf IS NOT NULL")
                .param("entry", entry)
                .query((row, n) -> row.getBytes(1))
                .optional();
    }

    /** Keeps a letter's paper; the first that is made stays. */
    void makeLetter(UUID entry, byte[] pdf, byte[] sha256, OffsetDateTime at) {
        jdbc.sql("""
                UPDATE aid_letter SET pdf = :pdf, sha256 = :sha256, made_at = :at
                WHERE entry_id = :entry AND pdf IS NULL""")
                .param("pdf", pdf)
                .param("sha256", sha256)
                .param("at", at)
                .param("entry", entry)
                .update();
    }

    private static AidEntry row(ResultSet row, int number) throws SQLException {
        UUID allocation = row.getObject("allocation_id", UUID.class);
        UUID by = row.getObject("recorded_by", UUID.class);
        BigDecimal gpuHourCents = row.getBigDecimal("gpu_hour_cents");
        LocalDate enteredOn = row.getObject("entered_on", LocalDate.class);
        return new AidEntry(
                row.getObject("id", UUID.class),
                row.getLong("number"),
                AidEntry.Kind.valueOf(row.getString("kind")),
                row.getObject("grant_id", UUID.class),
                new OrganisationId(row.getObject("organisation_id", UUID.class)),
                row.getString("beneficiary"),
                row.getString("tax_id"),
                Regime.valueOf(row.getString("regime")),
                row.getString("regulation"),
                row.getString("member_state"),
                row.getObject("granted_on", LocalDate.class),
                row.getLong("amount_cents"),
                row.getString("authority"),
                Instrument.valueOf(row.getString("instrument")),
                row.getString("sector"),
                row.getString("reference"),
                row.getObject("source_id", UUID.class),
                allocation == null ? null : new AllocationId(allocation),
                gpuHourCents == null
                        ? null
                        : new AidEntry.Basis(
                                new GpuHours(row.getLong("gpu_milliseconds")),
                                new CpuHours(row.getLong("cpu_milliseconds")),
                                gpuHourCents,
                                row.getBigDecimal("cpu_hour_cents"),
                                row.getInt("share_basis_points")),
                row.getString("reason"),
                by == null ? null : new PersonId(by),
                row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                row.getObject("register_due_on", LocalDate.class),
                enteredOn == null
                        ? null
                        : new AidEntry.Registration(
                                enteredOn,
                                row.getString("register_reference"),
                                new PersonId(row.getObject("entered_by", UUID.class)),
                                row.getObject("entered_at", OffsetDateTime.class)
                                        .toInstant()));
    }
}
