package org.farga.usage;

import io.swagger.v3.oas.annotations.Operation;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What hours of machines and of storage are charged; set by operators and administrators, read by auditors. */
@RestController
@RequestMapping("/api/v1")
class RatesApi {
    private final Rates rates;

    RatesApi(Rates rates) {
        this.rates = rates;
    }

    record RateRequest(
            String cluster,
            @Nullable String partition,
            Instant since,
            String unit,
            Rate.Formula formula,
            @Nullable BigDecimal cpuHour,
            @Nullable BigDecimal memoryGibibyteHour,
            @Nullable BigDecimal gpuHour,
            @Nullable Integer sliceCpus,
            @Nullable Integer sliceMemoryGibibytes) {
        Rate rate(PersonId by) {
            return new Rate(
                    new UUID(0, 0),
                    cluster,
                    partition,
                    since,
                    unit,
                    formula,
                    cpuHour == null ? BigDecimal.ZERO : cpuHour,
                    memoryGibibyteHour == null ? BigDecimal.ZERO : memoryGibibyteHour,
                    gpuHour == null ? BigDecimal.ZERO : gpuHour,
                    sliceCpus,
                    sliceMemoryGibibytes,
                    by,
                    since);
        }
    }

    record RateJson(
            UUID id,
            String cluster,
            @Nullable String partition,
            Instant since,
            String unit,
            Rate.Formula formula,
            BigDecimal cpuHour,
            BigDecimal memoryGibibyteHour,
            BigDecimal gpuHour,
            @Nullable Integer sliceCpus,
            @Nullable Integer sliceMemoryGibibytes,
            PersonId setBy,
            Instant setAt) {
        static RateJson of(Rate r) {
            return new RateJson(
                    r.id(),
                    r.cluster(),
                    r.partition(),
                    r.since(),
                    r.unit(),
                    r.formula(),
                    r.cpuHour(),
                    r.memoryGibibyteHour(),
                    r.gpuHour(),
                    r.sliceCpus(),
                    r.sliceMemoryGibibytes(),
                    r.setBy(),
                    r.setAt());
        }
    }

    record RatesJson(List<RateJson> items) {}

    @GetMapping("/usage-rates")
    RatesJson list(Actor actor) {
        return new RatesJson(rates.list(actor).runs().stream().map(RateJson::of).toList());
    }

    @Operation(
            summary =
                    "Sets what an hour is charged from an instant on, on a cluster or one of its partitions; it holds for what ran"
                            + " since then, also before it was set")
    @PostMapping("/usage-rates")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<RateJson> set(Actor actor, @RequestBody RateRequest request) {
        Rate rate = Answer.of(rates.set(actor, request.rate(actor.person())));
        return ResponseEntity.created(URI.create("/api/v1/usage-rates")).body(RateJson.of(rate));
    }

    @DeleteMapping("/usage-rates/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void remove(Actor actor, @PathVariable UUID id) {
        Answer.of(rates.remove(actor, id));
    }

    record StorageRateRequest(StoredBytes.@Nullable Kind kind, Instant since, String unit, BigDecimal terabyteHour) {}

    record StorageRateJson(
            UUID id,
            StoredBytes.@Nullable Kind kind,
            Instant since,
            String unit,
            BigDecimal terabyteHour,
            PersonId setBy,
            Instant setAt) {
        static StorageRateJson of(StorageRate r) {
            return new StorageRateJson(r.id(), r.kind(), r.since(), r.unit(), r.terabyteHour(), r.setBy(), r.setAt());
        }
    }

    record StorageRatesJson(List<StorageRateJson> items) {}

    @GetMapping("/storage-rates")
    StorageRatesJson listOfStorage(Actor actor) {
        return new StorageRatesJson(
                rates.list(actor).storage().stream().map(StorageRateJson::of).toList());
    }

    @Operation(
            summary =
                    "Sets what a TB-hour (10^12 bytes kept for an hour) is charged from an instant on, of one kind or of all without"
                            + " a rate of their own; it holds for what was kept since then, also before it was set")
    @PostMapping("/storage-rates")
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<StorageRateJson> setOfStorage(Actor actor, @RequestBody StorageRateRequest request) {
        StorageRate rate = Answer.of(rates.set(
                actor,
                new StorageRate(
                        new UUID(0, 0),
                        request.kind(),
                        request.since(),
                        request.unit(),
                        request.terabyteHour(),
                        actor.person(),
                        request.since())));
        return ResponseEntity.created(URI.create("/api/v1/storage-rates")).body(StorageRateJson.of(rate));
    }

    @DeleteMapping("/storage-rates/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void removeOfStorage(Actor actor, @PathVariable UUID id) {
        Answer.of(rates.removeOfStorage(actor, id));
    }
}
