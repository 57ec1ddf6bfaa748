package org.farga.aid;

import io.swagger.v3.oas.annotations.Operation;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Who pays: set by access officers and administrators, read by auditors. */
@RestController
@RequestMapping("/api/v1/aid")
class SourcesApi {
    private final Sources sources;

    SourcesApi(Sources sources) {
        this.sources = sources;
    }

    record MarketValueJson(
            LocalDate since,
            @Nullable LocalDate until,
            BigDecimal gpuHourCents,
            BigDecimal cpuHourCents,
            String evidence,
            PersonId setBy,
            Instant setAt) {}

    record FundingSourceJson(
            UUID id,
            String code,
            String name,
            FundingSource.Kind kind,
            @Nullable String memberState,
            String authority,
            Regime regime,
            boolean active,
            int version,
            List<MarketValueJson> marketValues) {
        static FundingSourceJson of(FundingSource s) {
            return new FundingSourceJson(
                    s.id(),
                    s.code(),
                    s.name(),
                    s.kind(),
                    s.memberState(),
                    s.authority(),
                    s.regime(),
                    s.active(),
                    s.version(),
                    s.values().stream()
                            .map(v -> new MarketValueJson(
                                    v.since(),
                                    v.until(),
                                    v.gpuHourCents(),
                                    v.cpuHourCents(),
                                    v.evidence(),
                                    v.setBy(),
                                    v.setAt()))
                            .toList());
        }
    }

    record FundingSourcesJson(List<FundingSourceJson> items) {}

    record MarketValueRequest(
            LocalDate since,
            @Nullable LocalDate until,
            @Nullable BigDecimal gpuHourCents,
            @Nullable BigDecimal cpuHourCents,
            String evidence) {}

    record CeilingJson(
            LocalDate since,
            @Nullable LocalDate until,
            BigDecimal ceilingEuros,
            int years,
            int warningPercent,
            int declarationDays,
            String regulation) {
        static CeilingJson of(Ceiling c) {
            return new CeilingJson(
                    c.since(),
                    c.until(),
                    Euro.of(c.cents()),
                    c.years(),
                    c.warningPercent(),
                    c.declarationDays(),
                    c.regulation());
        }
    }

    record CeilingsJson(List<CeilingJson> items) {}

    record ShareJson(UUID source, BigDecimal percent) {
        static ShareJson of(FundingShare share) {
            return new ShareJson(share.source(), share.percent());
        }

        FundingShare share() {
            return new FundingShare(source, FundingShare.basisPoints(percent));
        }
    }

    record FundingPlanRequest(
            @Nullable String subject,
            @Nullable LocalDate since,
            @Nullable List<ShareJson> shares) {}

    record FundingPlanJson(UUID id, String subject, LocalDate since, List<ShareJson> shares) {
        static FundingPlanJson of(FundingTable.Plan p) {
            return new FundingPlanJson(
                    p.id(),
                    p.subject(),
                    p.since(),
                    p.shares().stream().map(ShareJson::of).toList());
        }
    }

    record FundedSubjectJson(String key, String title) {}

    record FundingPlansJson(List<FundingPlanJson> items, List<FundedSubjectJson> subjects) {}

    @GetMapping("/sources")
    FundingSourcesJson list(Actor actor) {
        return new FundingSourcesJson(
                sources.list(actor).stream().map(FundingSourceJson::of).toList());
    }

    @PostMapping("/sources")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<FundingSourceJson> add(Actor actor, @RequestBody Sources.NewSource request) {
        FundingSource source = Answer.of(sources.add(actor, request));
        return ResponseEntity.created(URI.create("/api/v1/aid/sources/" + source.id()))
                .body(FundingSourceJson.of(source));
    }

    @GetMapping("/sources/{source}")
    ResponseEntity<FundingSourceJson> get(Actor actor, @PathVariable UUID source) {
        FundingSource found = sources.get(actor, source);
        return Answer.versioned(FundingSourceJson.of(found), found.version());
    }

    @Operation(summary = "Changes a source but for its code; grants that were made keep what they were made under")
    @PutMapping("/sources/{source}")
    ResponseEntity<FundingSourceJson> change(
            Actor actor,
            @PathVariable UUID source,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String version,
            @RequestBody Sources.NewSource request) {
        AidRights.requireOfficer(actor);
        FundingSource changed = Answer.of(sources.change(actor, source, Answer.version(version), request));
        return Answer.versioned(FundingSourceJson.of(changed), changed.version());
    }

    @Operation(summary = "Sets what an hour of a source is worth on the market, from a day on")
    @PostMapping("/sources/{source}/market-values")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<FundingSourceJson> value(
            Actor actor, @PathVariable UUID source, @RequestBody MarketValueRequest request) {
        FundingSource valued = Answer.of(sources.setValue(
                actor,
                source,
                new FundingSource.MarketValue(
                        request.since(),
                        request.until(),
                        request.gpuHourCents() == null ? BigDecimal.ZERO : request.gpuHourCents(),
                        request.cpuHourCents() == null ? BigDecimal.ZERO : request.cpuHourCents(),
                        request.evidence(),
                        actor.person(),
                        Instant.EPOCH)));
        return ResponseEntity.created(URI.create("/api/v1/aid/sources/" + source))
                .body(FundingSourceJson.of(valued));
    }

    @GetMapping("/ceilings")
    CeilingsJson ceilings(Actor actor) {
        return new CeilingsJson(
                sources.ceilings(actor).stream().map(CeilingJson::of).toList());
    }

    @Operation(summary = "Sets the ceiling of de minimis aid from a day on; grants that were made stay")
    @PostMapping("/ceilings")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<CeilingJson> setCeiling(Actor actor, @RequestBody CeilingJson request) {
        Long cents = Euro.cents(request.ceilingEuros());
        Ceiling ceiling = Answer.of(sources.setCeiling(
                actor,
                new Ceiling(
                        request.since(),
                        request.until(),
                        cents == null ? -1 : cents,
                        request.years(),
                        request.warningPercent(),
                        request.declarationDays(),
                        request.regulation(),
                        actor.person(),
                        Instant.EPOCH)));
        return ResponseEntity.created(URI.create("/api/v1/aid/ceilings")).body(CeilingJson.of(ceiling));
    }

    @GetMapping("/funding-plans")
    FundingPlansJson plans(Actor actor) {
        return new FundingPlansJson(
                sources.plans(actor).stream().map(FundingPlanJson::of).toList(),
                sources.subjects().stream()
                        .map(s -> new FundedSubjectJson(s.key(), s.title()))
                        .toList());
    }

    @Operation(summary = "Says which sources pay what is awarded under a call, from a day on")
    @PostMapping("/funding-plans")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<FundingPlanJson> plan(Actor actor, @RequestBody FundingPlanRequest request) {
        FundingTable.Plan plan = Answer.of(sources.setPlan(
                actor,
                request.subject(),
                request.since(),
                request.shares() == null
                        ? List.of()
                        : request.shares().stream().map(ShareJson::share).toList()));
        return ResponseEntity.created(URI.create("/api/v1/aid/funding-plans")).body(FundingPlanJson.of(plan));
    }
}
