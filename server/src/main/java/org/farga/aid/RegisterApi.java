package org.farga.aid;

import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.farga.people.Organisations;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.AllocationId;
import org.farga.shared.Fields;
import org.farga.shared.OrganisationId;
import org.farga.shared.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The register of aid, with the fields that the central register asks for; its letters. */
@RestController
@RequestMapping("/api/v1/aid")
class RegisterApi {
    private static final String CSV = "text/csv";

    private final Register register;
    private final Grants grants;
    private final Letters letters;

    RegisterApi(Register register, Grants grants, Letters letters) {
        this.register = register;
        this.grants = grants;
        this.letters = letters;
    }

    record AidEntryJson(
            UUID id,
            String number,
            AidEntry.Kind kind,
            UUID grant,
            OrganisationId organisation,
            String beneficiary,
            String beneficiaryTaxId,
            BigDecimal amountEuros,
            LocalDate grantedOn,
            String authority,
            Instrument instrument,
            String sectorNace,
            String memberState,
            Regime regime,
            String regulation,
            String reference,
            @Nullable AllocationId allocation,
            @Nullable String reason,
            Instant recordedAt,
            LocalDate registerDueOn,
            @Nullable LocalDate enteredOn,
            @Nullable String registerReference) {
        static AidEntryJson of(AidEntry e) {
            AidEntry.Registration registration = e.registration();
            return new AidEntryJson(
                    e.id(),
                    e.code(),
                    e.kind(),
                    e.grant(),
                    e.organisation(),
                    e.beneficiary(),
                    e.taxId(),
                    Euro.of(e.cents()),
                    e.grantedOn(),
                    e.authority(),
                    e.instrument(),
                    e.sector(),
                    e.memberState(),
                    e.regime(),
                    e.regulation(),
                    e.reference(),
                    e.allocation(),
                    e.reason(),
                    e.recordedAt(),
                    e.registerDueOn(),
                    registration == null ? null : registration.enteredOn(),
                    registration == null ? null : registration.reference());
        }
    }

    record AidRegisterJson(
            List<AidEntryJson> items, @Nullable String next) {}

    record AidGrantJson(UUID id, BigDecimal standingEuros, List<AidEntryJson> lines) {}

    record CorrectionRequest(
            @Nullable BigDecimal amountEuros, @Nullable String reason) {}

    record WithdrawalRequest(@Nullable String reason) {}

    record RegistrationRequest(
            @Nullable LocalDate enteredOn, @Nullable String reference) {}

    record AidLetterJson(UUID entry, String language, String title, List<String> paragraphs, boolean made) {}

    @Operation(summary = "The register of aid, newest first; text finds beneficiaries, tax numbers and references")
    @GetMapping(path = "/register", produces = MediaType.APPLICATION_JSON_VALUE)
    AidRegisterJson list(
            Actor actor,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(required = false) @Nullable String regime,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String open,
            @RequestParam(required = false) @Nullable String overdue,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        Page<AidEntry> page = register.list(actor, filter(actor, text, regime, from, to, open, overdue), cursor, limit);
        return new AidRegisterJson(page.items().stream().map(AidEntryJson::of).toList(), page.next());
    }

    /** The same as a table, whole. */
    @GetMapping(path = "/register.csv", produces = CSV)
    void csv(
            Actor actor,
            @RequestParam(required = false) @Nullable String text,
            @RequestParam(required = false) @Nullable String regime,
            @RequestParam(required = false) @Nullable String from,
            @RequestParam(required = false) @Nullable String to,
            @RequestParam(required = false) @Nullable String open,
            @RequestParam(required = false) @Nullable String overdue,
            HttpServletResponse response)
            throws IOException {
        EntryTable.Filter filter = filter(actor, text, regime, from, to, open, overdue);
        response.setContentType(CSV);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"aid-register-" + register.today() + ".csv\"");
        Writer writer = new BufferedWriter(new OutputStreamWriter(response.getOutputStream(), StandardCharsets.UTF_8));
        register.writeCsv(actor, filter, writer);
        writer.flush();
    }

    /** Read once it is known that the actor may read the register: others are told nothing of what is wrong. */
    private static EntryTable.Filter filter(
            Actor actor,
            @Nullable String text,
            @Nullable String regime,
            @Nullable String from,
            @Nullable String to,
            @Nullable String open,
            @Nullable String overdue) {
        AidRights.requireReader(actor);
        Regime only = Typed.one(Regime.class, regime);
        LocalDate first = Typed.day(from);
        LocalDate last = Typed.day(to);
        new Fields()
                .rule("regime", only != null || regime == null || regime.isBlank(), "aid-regime")
                .rule("from", first != null || from == null || from.isBlank(), "not-a-date")
                .rule("to", last != null || to == null || to.isBlank(), "not-a-date")
                .refusal()
                .ifPresent(refusal -> {
                    throw new Answer.RefusedException(refusal);
                });
        return new EntryTable.Filter(text, only, first, last, "true".equals(open), "true".equals(overdue));
    }

    record AidWarningJson(
            List<OrganisationId> undertaking,
            String memberState,
            BigDecimal usedEuros,
            BigDecimal leftEuros,
            Headroom.Level level) {}

    record AidWarningsJson(List<AidWarningJson> items) {}

    @Operation(summary = "The undertakings that are near the ceiling of a Member State today, or at it")
    @GetMapping("/warnings")
    AidWarningsJson warnings(Actor actor) {
        return new AidWarningsJson(register.warnings(actor).stream()
                .map(w -> new AidWarningJson(
                        w.members().stream().map(Organisations.Summary::id).toList(),
                        w.headroom().memberState(),
                        Euro.of(w.headroom().usedCents()),
                        Euro.of(w.headroom().leftCents()),
                        w.headroom().level()))
                .toList());
    }

    @Operation(summary = "Records aid that was granted otherwise than by an award; refused at the ceiling")
    @PostMapping("/grants")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<AidEntryJson> record(Actor actor, @RequestBody Grants.NewGrant request) {
        AidEntry entry = Answer.of(grants.record(actor, request));
        return ResponseEntity.created(URI.create("/api/v1/aid/grants/" + entry.id()))
                .body(AidEntryJson.of(entry));
    }

    /** A grant with the lines that put it right. */
    @GetMapping("/grants/{aid}")
    AidGrantJson get(Actor actor, @PathVariable UUID aid) {
        Register.Grant grant = register.get(actor, aid);
        return new AidGrantJson(
                grant.first().id(),
                Euro.of(grant.cents()),
                grant.lines().stream().map(AidEntryJson::of).toList());
    }

    @Operation(summary = "Sets what a grant comes to, by a line beside it")
    @PostMapping("/grants/{aid}/corrections")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<AidEntryJson> correct(Actor actor, @PathVariable UUID aid, @RequestBody CorrectionRequest request) {
        AidEntry entry = Answer.of(grants.correct(actor, aid, request.amountEuros(), request.reason()));
        return ResponseEntity.created(URI.create("/api/v1/aid/grants/" + aid)).body(AidEntryJson.of(entry));
    }

    @Operation(summary = "Takes a grant back as a whole, by a line beside it")
    @PostMapping("/grants/{aid}/withdrawal")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<AidEntryJson> withdraw(Actor actor, @PathVariable UUID aid, @RequestBody WithdrawalRequest request) {
        AidEntry entry = Answer.of(grants.withdraw(actor, aid, request.reason()));
        return ResponseEntity.created(URI.create("/api/v1/aid/grants/" + aid)).body(AidEntryJson.of(entry));
    }

    @Operation(summary = "Takes down that a line of the register was entered into the central register")
    @PutMapping("/entries/{aid}/registration")
    AidEntryJson enter(Actor actor, @PathVariable UUID aid, @RequestBody RegistrationRequest request) {
        return AidEntryJson.of(Answer.of(register.enter(actor, aid, request.enteredOn(), request.reference())));
    }

    @GetMapping("/letters/{aid}")
    AidLetterJson letter(Actor actor, @PathVariable UUID aid) {
        Letters.Letter letter = letters.get(actor, aid);
        List<String> paragraphs = new java.util.ArrayList<>(letter.text().opening());
        letter.text().facts().forEach(f -> paragraphs.add(f.name() + ": " + f.value()));
        paragraphs.addAll(letter.text().closing());
        return new AidLetterJson(
                aid,
                letter.kept().language(),
                letter.text().title(),
                paragraphs,
                letter.kept().madeAt() != null);
    }

    /** The letter as it was made. */
    @GetMapping(path = "/letters/{aid}/file.pdf", produces = MediaType.APPLICATION_PDF_VALUE)
    ResponseEntity<byte[]> pdf(Actor actor, @PathVariable UUID aid) {
        String name = letters.get(actor, aid).entry().code();
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_PDF)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + name + ".pdf\"")
                .body(letters.pdf(actor, aid));
    }
}
