package org.farga.aid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.text.PDFTextStripper;
import org.farga.HttpTest;
import org.farga.allocation.Allocations;
import org.farga.allocation.Projects;
import org.farga.platform.Answer;
import org.farga.platform.Settings;
import org.farga.shared.AllocationId;
import org.farga.shared.CentreRole;
import org.farga.shared.CpuHours;
import org.farga.shared.GpuHours;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Period;
import org.farga.shared.ProjectId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

class AidApiTest extends HttpTest {
    private static final String SPAIN = "01930000-0000-7000-8000-000000000e01";

    @Autowired
    private Grants grants;

    @Autowired
    private Projects projects;

    @Autowired
    private Allocations allocations;

    @Autowired
    private Clock clock;

    @Autowired
    private Settings settings;

    @Autowired
    private PlatformTransactionManager transactions;

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), settings.zone());
    }

    private static String taxId() {
        return "B" + UUID.randomUUID().toString().substring(0, 8).toUpperCase(java.util.Locale.ROOT);
    }

    private JsonNode declare(Client owner, String organisation, String taxId, String others) {
        return owner.post("/api/v1/organisations/" + organisation + "/aid-declarations", """
                        {"taxId": "%s", "sector": "62.10", "others": [%s], "confirmed": true}""".formatted(taxId, others))
                .expect(201);
    }

    private static String other(LocalDate day, String euros, String reference) {
        return """
                {"memberState": "ES", "grantedOn": "%s", "amountEuros": %s, "authority": "ACCIÓ", "reference": "%s"}""".formatted(day, euros, reference);
    }

    private Answered grant(Client officer, String organisation, String euros, LocalDate day) {
        return officer.post("/api/v1/aid/grants", """
                {"organisation": "%s", "source": "%s", "amountEuros": %s, "grantedOn": "%s", "instrument": "SERVICE",
                 "reference": "CONTRACT-7"}""".formatted(organisation, SPAIN, euros, day));
    }

    private JsonNode spain(Client client, String organisation) {
        for (JsonNode headroom : client.get("/api/v1/organisations/" + organisation + "/aid")
                .expect(200)
                .path("headrooms")) {
            if (headroom.path("memberState").asString().equals("ES")) {
                return headroom;
            }
        }
        throw new AssertionError("no headroom in Spain");
    }

    /** Declares that one is linked to another with this tax number, and has the centre confirm it. */
    private void link(Client owner, Client officer, String organisation, String taxId, String other) {
        String id = declareLink(owner, organisation, taxId);
        officer.post("/api/v1/aid/links/" + id + "/decision", other == null ? """
                        {"confirmed": true}""" : """
                        {"confirmed": true, "other": "%s"}""".formatted(other))
                .expect(200);
    }

    private String declareLink(Client owner, String organisation, String taxId) {
        return owner.post("/api/v1/organisations/" + organisation + "/enterprise-links", """
                        {"name": "Another SL", "country": "ES", "taxId": "%s", "relation": "LINKED", "criterion": "VOTES",
                         "evidence": "Registre Mercantil", "since": "2020-01-01"}""".formatted(taxId))
                .expect(201)
                .path("id")
                .asString();
    }

    @Test
    void innovationAidIsForCompaniesThatDeclaredASizeAtWhichTheyAreAnSme() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String company = organisationOf(ana);
        declare(ana, company, taxId(), other(today(), "300000", "A-1"));
        String source = officer.post("/api/v1/aid/sources", """
                        {"code": "%s", "name": "Innovation", "kind": "STATE", "memberState": "ES", "authority": "Ministry",
                         "regime": "GBER_28"}""".formatted(taxId()))
                .expect(201)
                .path("id")
                .asString();
        String grant = """
                {"organisation": "%s", "source": "%s", "amountEuros": 5000, "grantedOn": "%s", "instrument": "SERVICE",
                 "reference": "I-1"}""".formatted(company, source, today());
        officer.post("/api/v1/aid/grants", grant).expectProblem(409, "aid-sme-only");
        declareSize(ana, company, 5_000);
        officer.post("/api/v1/aid/grants", grant).expectProblem(409, "aid-sme-only");
        declareSize(ana, company, 50);
        JsonNode granted = officer.post("/api/v1/aid/grants", grant).expect(201);
        assertThat(granted.path("regulation").asString())
                .as("counted against no ceiling of de minimis aid")
                .contains("No 651/2014", "Article 28");
        assertThat(spain(ana, company).path("usedEuros").decimalValue()).isEqualByComparingTo("300000");
    }

    private static void declareSize(Client owner, String company, int staff) {
        owner.put("/api/v1/organisations/" + company + "/size-declaration", """
                        {"year": 2025, "staff": %d, "turnoverEur": %d, "balanceSheetEur": %d,
                         "linkedEnterprises": []}""".formatted(
                                staff, staff * 100_000, staff * 100_000))
                .expect(200);
    }

    @Test
    void aDeclarationComesBeforeAGrantAndWhatItNamesCounts() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String company = organisationOf(ana);
        grant(officer, company, "1000", today()).expectProblem(409, "aid-declaration-needed");
        declare(
                ana,
                company,
                taxId(),
                other(today().minusYears(1), "199999.99", "A-1") + "," + other(today().minusYears(3), "250000", "A-0"));
        grant(officer, company, "100000.02", today()).expectProblem(409, "aid-ceiling");
        JsonNode granted = grant(officer, company, "100000.01", today()).expect(201);
        assertThat(granted.path("amountEuros").decimalValue()).isEqualByComparingTo("100000.01");
        assertThat(spain(ana, company).path("leftEuros").decimalValue()).isEqualByComparingTo("0");
        assertThat(spain(ana, company).path("level").asString()).isEqualTo("REACHED");
        assertThat(grant(officer, company, "0.01", today())
                        .json()
                        .path("detail")
                        .asString())
                .contains("€0.01", "€0 are left", "€300,000", "3 years");
    }

    @Test
    void aChangedDeclarationSupersedesTheOneBeforeAndBothStay() {
        Client ana = signUp("Ana");
        String company = organisationOf(ana);
        declare(ana, company, taxId(), other(today(), "100", "A-1"));
        declare(ana, company, taxId(), "");
        assertThat(spain(ana, company).path("usedEuros").decimalValue()).isEqualByComparingTo("0");
        assertThat(ana.get("/api/v1/organisations/" + company + "/aid-declarations")
                        .expect(200)
                        .path("items"))
                .hasSize(2);
        // One that ran out is good for no grant, and what it says still counts.
        declare(ana, company, taxId(), other(today(), "100", "A-1"));
        jdbc.sql("UPDATE aid_declaration SET valid_until = :day WHERE organisation_id = :company")
                .param("day", today().minusDays(1))
                .param("company", UUID.fromString(company))
                .update();
        grant(staff(CentreRole.ACCESS_OFFICER), company, "1", today()).expectProblem(409, "aid-declaration-needed");
        assertThat(spain(ana, company).path("usedEuros").decimalValue()).isEqualByComparingTo("100");
    }

    @Test
    void linkedCompaniesShareOneCeilingAlsoInACircle() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        List<String> companies = List.of(organisationOf(ana), organisationOf(ana), organisationOf(ana));
        List<String> numbers = List.of(taxId(), taxId(), taxId());
        for (int i = 0; i < 3; i++) {
            declare(ana, companies.get(i), numbers.get(i), other(today(), "10000", "SAME-1"));
        }
        for (int i = 0; i < 3; i++) {
            link(ana, officer, companies.get(i), numbers.get((i + 1) % 3), companies.get((i + 1) % 3));
        }
        grant(officer, companies.get(0), "100000", today()).expect(201);
        assertThat(spain(ana, companies.get(2)).path("usedEuros").decimalValue())
                .as("one grant and one declared aid, each once, however many links lead there")
                .isEqualByComparingTo("110000");
        grant(officer, companies.get(1), "190000.01", today()).expectProblem(409, "aid-ceiling");
        grant(officer, companies.get(1), "190000", today()).expect(201);
        List<JsonNode> warnings = officer.get("/api/v1/aid/warnings")
                .expect(200)
                .path("items")
                .valueStream()
                .filter(w -> w.path("undertaking")
                        .valueStream()
                        .anyMatch(o -> o.asString().equals(companies.get(0))))
                .toList();
        assertThat(warnings).singleElement().satisfies(w -> {
            assertThat(w.path("undertaking")).hasSize(3);
            assertThat(w.path("usedEuros").decimalValue()).isEqualByComparingTo("300000");
            assertThat(w.path("level").asString()).isEqualTo("REACHED");
        });
    }

    @Test
    void companiesThatAreLinkedToTheSameEnterpriseElsewhereAreOneUndertaking() {
        Client ana = signUp("Ana");
        Client berta = signUp("Berta");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String one = organisationOf(ana);
        String two = organisationOf(berta);
        String mother = taxId();
        declare(ana, one, taxId(), "");
        declare(berta, two, taxId(), "");
        link(ana, officer, one, mother, null);
        assertThat(ana.get("/api/v1/organisations/" + one + "/aid").expect(200).path("undertaking"))
                .hasSize(1);
        String second = declareLink(berta, two, mother.toLowerCase(java.util.Locale.ROOT) + " ");
        assertThat(ana.get("/api/v1/organisations/" + one + "/aid").expect(200).path("undertaking"))
                .as("nobody becomes one undertaking with another by declaring so")
                .hasSize(1);
        grant(officer, two, "1", today()).expectProblem(409, "aid-links-unconfirmed");
        officer.post("/api/v1/aid/links/" + second + "/decision", "{\"confirmed\": true}")
                .expect(200);
        officer.post("/api/v1/aid/links/" + second + "/decision", "{\"confirmed\": true}")
                .expectProblem(409, "aid-link-decided");
        assertThat(ana.get("/api/v1/organisations/" + one + "/aid").expect(200).path("undertaking"))
                .hasSize(2);
        officer.post("/api/v1/aid/links/" + second + "/end", "{\"until\": \"%s\"}".formatted(today()))
                .expect(200);
        assertThat(ana.get("/api/v1/organisations/" + one + "/aid").expect(200).path("undertaking"))
                .hasSize(1);
        assertThat(ana.get("/api/v1/organisations/" + one + "/aid?day=" + today().minusDays(1))
                        .expect(200)
                        .path("undertaking"))
                .hasSize(2);
        ana.get("/api/v1/organisations/" + two + "/aid").expectProblem(404, "not-found");
    }

    @Test
    void twoGrantsAtOnceToCompaniesOfOneUndertakingNeverPassTheCeiling() throws Exception {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String one = organisationOf(ana);
        String two = organisationOf(ana);
        String number = taxId();
        declare(ana, one, taxId(), "");
        declare(ana, two, number, "");
        link(ana, officer, one, number, two);
        List<Callable<Answered>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String company = i % 2 == 0 ? one : two;
            calls.add(() -> grant(officer, company, "100000", today()));
        }
        int granted = 0;
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (Future<Answered> call : threads.invokeAll(calls)) {
                Answered answered = call.get();
                if (answered.status() == 201) {
                    granted++;
                } else {
                    answered.expectProblem(409, "aid-ceiling");
                }
            }
        }
        assertThat(granted).isEqualTo(3);
    }

    @Test
    void aGrantIsPutRightByLinesBesideItAndTheLedgerIsNeverChanged() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String company = organisationOf(ana);
        declare(ana, company, taxId(), "");
        String id = grant(officer, company, "200000", today())
                .expect(201)
                .path("id")
                .asString();
        String path = "/api/v1/aid/grants/" + id;
        officer.post(path + "/corrections", "{\"amountEuros\": 1}").expectProblem(422, "invalid-fields");
        officer.post(path + "/corrections", "{\"amountEuros\": 300000.01, \"reason\": \"more\"}")
                .expectProblem(409, "aid-ceiling");
        officer.post(path + "/corrections", "{\"amountEuros\": 200000, \"reason\": \"same\"}")
                .expectProblem(409, "aid-unchanged");
        JsonNode line = officer.post(
                        path + "/corrections", "{\"amountEuros\": 50000, \"reason\": \"half was given back\"}")
                .expect(201);
        assertThat(line.path("amountEuros").decimalValue()).isEqualByComparingTo("-150000");
        assertThat(line.path("grantedOn").asString()).isEqualTo(today().toString());
        assertThat(officer.get(path).expect(200).path("standingEuros").decimalValue())
                .isEqualByComparingTo("50000");
        officer.post(path + "/withdrawal", "{\"reason\": \"in error\"}").expect(201);
        officer.post(path + "/withdrawal", "{\"reason\": \"in error\"}").expectProblem(409, "aid-withdrawn");
        assertThat(officer.get(path).expect(200).path("lines")).hasSize(3);
        assertThat(spain(ana, company).path("usedEuros").decimalValue()).isEqualByComparingTo("0");
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> jdbc.sql("UPDATE aid_entry SET amount_cents = 1 WHERE id = :id")
                                .param("id", UUID.fromString(id))
                                .update())
                .isInstanceOf(DataAccessException.class);
    }

    @Test
    void theCentralRegisterIsKeptTrackOfWithinTwentyWorkingDays() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String company = organisationOf(ana);
        String number = taxId();
        declare(ana, company, number, "");
        JsonNode entry = grant(officer, company, "1", today()).expect(201);
        LocalDate due = LocalDate.parse(entry.path("registerDueOn").asString());
        assertThat(due).isBetween(today().plusDays(26), today().plusDays(40));
        String late = grant(officer, company, "1", LocalDate.of(2026, 2, 2))
                .expect(201)
                .path("registerDueOn")
                .asString();
        assertThat(late).as("what is told late is due as of its day").isEqualTo("2026-03-02");
        String path = "/api/v1/aid/entries/" + entry.path("id").asString() + "/registration";
        assertThat(officer.get("/api/v1/aid/register?open=true&text=" + number)
                        .expect(200)
                        .path("items"))
                .hasSize(2);
        assertThat(officer.get("/api/v1/aid/register?overdue=true&text=" + number)
                        .expect(200)
                        .path("items"))
                .as("the other is not due yet")
                .hasSize(1);
        officer.put(path, "{\"enteredOn\": \"%s\"}".formatted(today().plusDays(1)))
                .expectProblem(422, "invalid-fields");
        officer.put(path, "{\"enteredOn\": \"%s\", \"reference\": \"BDNS-1\"}".formatted(today()))
                .expect(200);
        officer.put(path, "{\"enteredOn\": \"%s\"}".formatted(today())).expectProblem(409, "aid-entered");
        assertThat(officer.get("/api/v1/aid/register?open=true&text=" + number)
                        .expect(200)
                        .path("items"))
                .as("the late one is left")
                .hasSize(1);
    }

    @Test
    void theRegisterAsATableStartsNoFormulaAndHoldsWhatTheCentralOneAsksFor() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String number = taxId();
        String company =
                ana.post("/api/v1/organisations", """
                        {"name": "=HYPERLINK(\\"http://evil\\")<script>alert(1)</script>", "country": "ES"}""").expect(201).path("id").asString();
        declare(ana, company, number, "");
        officer.post("/api/v1/aid/grants", """
                        {"organisation": "%s", "source": "%s", "amountEuros": 12.5, "grantedOn": "%s", "instrument": "GRANT",
                         "reference": "@SUM(1+1)"}""".formatted(company, SPAIN, today()))
                .expect(201);
        String csv = officer.get("/api/v1/aid/register.csv?text=" + number).body();
        assertThat(csv.lines().findFirst().orElseThrow())
                .contains("beneficiary", "amountEuros", "grantedOn", "authority", "instrument", "sectorNace");
        assertThat(csv.lines().skip(1).toList())
                .singleElement()
                .asString()
                .contains("'=HYPERLINK", "'@SUM(1+1)", ",12.50,", ",62.10,", ",GRANT,")
                .doesNotContain(",=", ",@");
        ana.get("/api/v1/aid/register.csv").expectProblem(404, "not-found");
    }

    @Test
    void whoeverHasNothingToDoWithACompanyFindsNothingOfItsAid() {
        Client ana = signUp("Ana");
        Client eve = signUp("Eve");
        organisationOf(eve);
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String company = organisationOf(ana);
        declare(ana, company, taxId(), "");
        String entry =
                grant(officer, company, "5", today()).expect(201).path("id").asString();
        for (String path : List.of(
                "/api/v1/organisations/" + company + "/aid",
                "/api/v1/organisations/" + company + "/aid-declarations",
                "/api/v1/organisations/" + company + "/enterprise-links",
                "/api/v1/aid/letters/" + entry,
                "/api/v1/aid/letters/" + entry + "/file.pdf",
                "/api/v1/aid/grants/" + entry,
                "/api/v1/aid/register",
                "/api/v1/aid/sources")) {
            eve.get(path).expectProblem(404, "not-found");
        }
        ana.get("/api/v1/aid/grants/" + entry).expectProblem(404, "not-found");
        ana.get("/api/v1/aid/letters/" + entry).expect(200);
        staff(CentreRole.AUDITOR).get("/api/v1/aid/grants/" + entry).expect(200);
        staff(CentreRole.AUDITOR)
                .post("/api/v1/aid/grants/" + entry + "/withdrawal", "{\"reason\": \"no\"}")
                .expectProblem(403, "aid-officers-only");
        officer.post("/api/v1/organisations/" + company + "/aid-declarations", "{}")
                .expectProblem(403, "owners-only");
    }

    @Test
    void whatIsWrongIsNamedByItsFieldAndAmountsBeyondAnyScaleAreRefused() {
        Client ana = signUp("Ana");
        String company = organisationOf(ana);
        JsonNode problem = ana.post("/api/v1/organisations/" + company + "/aid-declarations", """
                        {"taxId": " - ", "sector": "AI", "others": [
                          {"memberState": "US", "grantedOn": "%s", "amountEuros": 1e999999999, "authority": ""},
                          {"memberState": "ES", "grantedOn": "%s", "amountEuros": 0.001, "authority": "X"}]}""".formatted(
                                today().plusDays(1), today()))
                .expectProblem(422, "invalid-fields");
        List<String> fields = new ArrayList<>();
        problem.path("errors").forEach(e -> fields.add(e.path("field").asString()));
        assertThat(fields)
                .contains(
                        "taxId",
                        "sector",
                        "others[0].memberState",
                        "others[0].grantedOn",
                        "others[0].amountEuros",
                        "others[0].authority",
                        "others[1].amountEuros",
                        "confirmed");
        declare(ana, company, taxId(), "");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        grant(officer, company, "1e999999999", today()).expectProblem(422, "invalid-fields");
        grant(officer, company, "-5", today()).expectProblem(422, "invalid-fields");
        ana.post("/api/v1/organisations/" + company + "/aid-declarations", """
                        {"taxId": "B1", "sector": "01.11", "others": [], "confirmed": true}""").expect(201);
        grant(officer, company, "5", today()).expectProblem(409, "aid-sector-excluded");
    }

    @Test
    void aLetterIsMadeInTheCompanysLanguageAndSaysWhatTheRegulationAsks() throws Exception {
        Client ana = signUp("Ana");
        jdbc.sql("UPDATE person SET language = 'ca' WHERE id = :id")
                .param("id", ana.person().value())
                .update();
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String company = organisationOf(ana);
        declare(ana, company, taxId(), "");
        String entry = grant(officer, company, "1234.56", today())
                .expect(201)
                .path("id")
                .asString();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> ana.get("/api/v1/aid/letters/" + entry)
                        .expect(200)
                        .path("made")
                        .asBoolean());
        byte[] pdf = pdf(ana, entry);
        try (var document = Loader.loadPDF(pdf)) {
            assertThat(document.getDocumentCatalog().getLanguage()).isEqualTo("ca");
            assertThat(new PDFTextStripper().getText(document))
                    .contains(
                            "Comunicació d’ajut de minimis", "2023/2831", "1.234,56", "Forja Vision SL", "CONTRACT-7");
        }
        assertThat(pdf(ana, entry)).as("it stays as it was made").isEqualTo(pdf);
    }

    private byte[] pdf(Client client, String entry) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(address() + "/api/v1/aid/letters/" + entry + "/file.pdf"))
                                    .header("Authorization", "Bearer " + client.token())
                                    .build(),
                            BodyHandlers.ofByteArray())
                    .body();
        }
    }

    /** A source of Spain's with a market value of a euro an hour; its identifier. */
    private String source(Client officer) {
        String code = "T-" + UUID.randomUUID().toString().substring(0, 8).toUpperCase(java.util.Locale.ROOT);
        String id = officer.post("/api/v1/aid/sources", """
                        {"code": "%s", "name": "Try", "kind": "STATE", "memberState": "ES", "authority": "Ministry",
                         "regime": "DE_MINIMIS"}""".formatted(code))
                .expect(201)
                .path("id")
                .asString();
        return id;
    }

    private void value(Client officer, String source) {
        officer.post("/api/v1/aid/sources/" + source + "/market-values", """
                        {"since": "2020-01-01", "gpuHourCents": 100, "cpuHourCents": 0, "evidence": "three offers"}""").expect(201);
    }

    private Outcome<ProjectId> award(Client owner, String company, long hours, List<FundingShare> shares) {
        try {
            return Outcome.done(new TransactionTemplate(transactions).execute(status -> {
                OrganisationId organisation = OrganisationId.valueOf(company);
                ProjectId project = projects.open(new Projects.Award(
                        "Aided " + UUID.randomUUID(),
                        organisation,
                        owner.person(),
                        ProposalId.create(),
                        "PG-1",
                        "Playground",
                        "local",
                        GpuHours.ofHours(hours),
                        CpuHours.ofHours(10),
                        new Period(clock.instant(), clock.instant().plusSeconds(86_400))));
                grants.award(
                        new Grants.Award(
                                organisation,
                                GpuHours.ofHours(hours),
                                CpuHours.ofHours(10),
                                "call:none",
                                "PG-1",
                                shares),
                        project,
                        null);
                return project;
            }));
        } catch (Answer.RefusedException e) {
            return Outcome.refused(e.refusal());
        }
    }

    @Test
    void anAwardGrantsTheAidOfItsSourcesAndIsRefusedAtTheCeiling() {
        Client ana = signUp("Ana");
        Client officer = staff(CentreRole.ACCESS_OFFICER);
        String company = organisationOf(ana);
        UUID source = UUID.fromString(source(officer));
        List<FundingShare> half =
                List.of(new FundingShare(FundingSource.UNION, 5_000), new FundingShare(source, 5_000));
        assertThat(refusal(award(ana, company, 100, half)).name()).isEqualTo("aid-no-market-value");
        value(officer, source.toString());
        assertThat(refusal(award(ana, company, 100, half)).name()).isEqualTo("aid-declaration-needed");
        declare(ana, company, taxId(), "");
        assertThat(refusal(award(ana, company, 600_001, half)).name()).isEqualTo("aid-ceiling");
        ProjectId project = award(ana, company, 600_000, half).orThrow();
        AllocationId allocation = allocations.ofProject(project).getFirst().id();
        assertThat(spain(ana, company).path("usedEuros").decimalValue()).isEqualByComparingTo("300000");
        JsonNode funding =
                ana.get("/api/v1/allocations/" + allocation + "/funding").expect(200);
        assertThat(funding.path("shares")).hasSize(2);
        // Another source takes over: the aid is withdrawn by a line beside it, and the ledger keeps both.
        signUp("Eve").get("/api/v1/allocations/" + allocation + "/funding").expectProblem(404, "not-found");
        String path = "/api/v1/allocations/" + allocation + "/funding";
        officer.put(path, """
                        {"shares": [{"source": "%s", "percent": 100}], "reason": "all of it"}""".formatted(source)).expectProblem(409, "aid-ceiling");
        officer.put(path, """
                        {"shares": [{"source": "%s", "percent": 100}], "reason": "the Union pays"}""".formatted(FundingSource.UNION)).expect(200);
        assertThat(spain(ana, company).path("usedEuros").decimalValue()).isEqualByComparingTo("0");
        officer.put(path, """
                        {"shares": [{"source": "%s", "percent": 25}, {"source": "%s", "percent": 75}],
                         "reason": "a quarter"}""".formatted(source, FundingSource.UNION)).expect(200);
        assertThat(spain(ana, company).path("usedEuros").decimalValue()).isEqualByComparingTo("150000");
    }

    @Test
    void whatNoPlanNamesIsTheUnionsShareAndNoAid() {
        Client ana = signUp("Ana");
        String company = organisationOf(ana);
        ProjectId project = award(ana, company, 1_000_000, null).orThrow();
        AllocationId allocation = allocations.ofProject(project).getFirst().id();
        JsonNode shares = ana.get("/api/v1/allocations/" + allocation + "/funding")
                .expect(200)
                .path("shares");
        assertThat(shares).hasSize(1);
        assertThat(shares.get(0).path("source").asString()).isEqualTo(FundingSource.UNION.toString());
        assertThat(spain(ana, company).path("aids")).isEmpty();
    }

    private static Refusal refusal(Outcome<ProjectId> outcome) {
        return switch (outcome) {
            case Outcome.Refused<ProjectId>(Refusal refusal) -> refusal;
            case Outcome.Done<ProjectId> done -> throw new AssertionError("it was done");
        };
    }

    @Test
    void sourcesAreChangedByVersionAndTheUnionsShareStays() {
        Client officer = staff(CentreRole.ADMINISTRATOR);
        String id = source(officer);
        String path = "/api/v1/aid/sources/" + id;
        String change = """
                {"name": "Changed", "kind": "STATE", "memberState": "%s", "authority": "Ministry", "regime": "%s"}""";
        officer.put(path, change.formatted("ES", "NONE"), "If-Match", "\"1\"").expect(200);
        officer.put(path, change.formatted("ES", "NONE"), "If-Match", "\"1\"").expectProblem(412, "stale");
        officer.put(path, change.formatted("", "DE_MINIMIS"), "If-Match", "\"2\"")
                .expectProblem(422, "invalid-fields");
        officer.put("/api/v1/aid/sources/" + FundingSource.UNION, """
                        {"name": "Union", "kind": "EU", "authority": "JU", "regime": "NONE", "active": false}""", "If-Match", "\"1\"")
                .expectProblem(422, "invalid-fields");
        value(officer, id);
        officer.post(path + "/market-values", """
                        {"since": "2020-01-01", "gpuHourCents": 1, "evidence": "x"}""").expectProblem(409, "aid-value-exists");
        officer.post("/api/v1/aid/ceilings", """
                        {"since": "2024-01-01", "ceilingEuros": 1, "years": 3, "warningPercent": 80, "declarationDays": 90,
                         "regulation": "x"}""").expectProblem(409, "aid-ceiling-exists");
        officer.post("/api/v1/aid/funding-plans", """
                        {"subject": "call:NO-SUCH", "since": "2026-01-01", "shares": [{"source": "%s", "percent": 100}]}""".formatted(id)).expectProblem(422, "invalid-fields");
    }
}
