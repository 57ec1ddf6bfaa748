package org.farga.efficiency;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.farga.platform.Answer;
import org.farga.shared.Actor;
import org.farga.shared.Page;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/energy-settings")
class EnergySettingsApi {
    private final EnergySettings settings;

    EnergySettingsApi(EnergySettings settings) {
        this.settings = settings;
    }

    record GpuWattsJson(String model, BigDecimal watts) {}

    record EnergySettingJson(
            UUID id,
            String cluster,
            LocalDate validFrom,
            @Nullable BigDecimal cpuCoreWatts,
            @Nullable BigDecimal memoryWattsPerGibibyte,
            List<GpuWattsJson> gpus,
            @Nullable BigDecimal pue,
            @Nullable BigDecimal gridGramsPerKilowattHour,
            String source,
            Instant enteredAt) {
        static EnergySettingJson of(EnergySetting s) {
            return new EnergySettingJson(
                    s.id(),
                    s.cluster(),
                    s.validFrom(),
                    EnergySetting.ofThousandths(s.cpuCoreMilliwatts()),
                    EnergySetting.ofThousandths(s.memoryMilliwattsPerGibibyte()),
                    s.gpus().stream()
                            .map(gpu -> new GpuWattsJson(gpu.model(), BigDecimal.valueOf(gpu.milliwatts(), 3)))
                            .toList(),
                    s.pueThousandths() == null ? null : BigDecimal.valueOf(s.pueThousandths(), 3),
                    EnergySetting.ofThousandths(s.gridMilligramsPerKilowattHour()),
                    s.source(),
                    s.enteredAt());
        }
    }

    record NewGpuWattsJson(@Nullable String model, @Nullable BigDecimal watts) {}

    record NewEnergySettingJson(
            @Nullable String cluster,
            @Nullable LocalDate validFrom,
            @Nullable BigDecimal cpuCoreWatts,
            @Nullable BigDecimal memoryWattsPerGibibyte,
            @Nullable List<NewGpuWattsJson> gpus,
            @Nullable BigDecimal pue,
            @Nullable BigDecimal gridGramsPerKilowattHour,
            @Nullable String source) {
        EnergySetting.Draft draft() {
            return new EnergySetting.Draft(
                    cluster,
                    validFrom,
                    cpuCoreWatts,
                    memoryWattsPerGibibyte,
                    gpus == null
                            ? null
                            : gpus.stream()
                                    .map(gpu -> new EnergySetting.Draft.Gpu(gpu.model(), gpu.watts()))
                                    .toList(),
                    pue,
                    gridGramsPerKilowattHour,
                    source);
        }
    }

    @GetMapping
    Page<EnergySettingJson> list(
            Actor actor,
            @RequestParam(required = false) @Nullable String cursor,
            @RequestParam(required = false) @Nullable Integer limit) {
        return settings.list(actor, cursor, limit).map(EnergySettingJson::of);
    }

    /** What a cluster's energy is reckoned with from a day on, until its next such setting. */
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    ResponseEntity<EnergySettingJson> enter(Actor actor, @RequestBody NewEnergySettingJson body) {
        EnergySetting entered = Answer.of(settings.enter(actor, body.draft()));
        return ResponseEntity.created(URI.create("/api/v1/energy-settings/" + entered.id()))
                .body(EnergySettingJson.of(entered));
    }

    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void withdraw(Actor actor, @PathVariable UUID id) {
        settings.withdraw(actor, id);
    }
}
