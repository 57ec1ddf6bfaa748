-- What a cluster's energy is reckoned with from a day on, until its next such row.
CREATE TABLE energy_setting (
    id                                 uuid        PRIMARY KEY,
    cluster                            text        NOT NULL REFERENCES cluster (name),
    valid_from                         date        NOT NULL,
    cpu_core_milliwatts                bigint      CHECK (cpu_core_milliwatts > 0),
    memory_milliwatts_per_gibibyte     bigint      CHECK (memory_milliwatts_per_gibibyte >= 0),
    pue_thousandths                    int         CHECK (pue_thousandths >= 1000),
    grid_milligrams_per_kilowatt_hour  bigint      CHECK (grid_milligrams_per_kilowatt_hour >= 0),
    source                             text        NOT NULL CHECK (length(source) BETWEEN 1 AND 1000),
    entered_at                         timestamptz NOT NULL,
    UNIQUE (cluster, valid_from)
);
COMMENT ON COLUMN energy_setting.valid_from IS 'the first day in the centre''s calendar';
COMMENT ON COLUMN energy_setting.grid_milligrams_per_kilowatt_hour IS 'CO2-equivalent of the electricity the centre buys';

CREATE TABLE energy_setting_gpu (
    setting_id uuid   NOT NULL REFERENCES energy_setting (id) ON DELETE CASCADE,
    model      text   NOT NULL CHECK (length(model) BETWEEN 1 AND 100),
    milliwatts bigint NOT NULL CHECK (milliwatts > 0),
    PRIMARY KEY (setting_id, model)
);
COMMENT ON COLUMN energy_setting_gpu.model IS 'as the engine names it; * for those that are not named';

-- What a job did with each of its GPUs, as far as it was looked at: sums, and a thinned series to draw.
CREATE TABLE job_gpu (
    job                      bigint      NOT NULL REFERENCES job (number),
    gpu_index                int         NOT NULL CHECK (gpu_index >= 0),
    uuid                     text        NOT NULL,
    model                    text        NOT NULL,
    memory_mebibytes         bigint      CHECK (memory_mebibytes >= 0),
    first_at                 timestamptz NOT NULL,
    last_at                  timestamptz NOT NULL CHECK (last_at >= first_at),
    samples                  bigint      NOT NULL CHECK (samples > 0),
    busy_samples             bigint      NOT NULL CHECK (busy_samples BETWEEN 0 AND samples),
    percent_sum              bigint      NOT NULL CHECK (percent_sum >= 0),
    peak_memory_mebibytes    bigint      CHECK (peak_memory_mebibytes >= 0),
    counter_millijoules      bigint      CHECK (counter_millijoules >= 0),
    power_milliwatts         bigint      CHECK (power_milliwatts >= 0),
    energy_millijoules       bigint      NOT NULL CHECK (energy_millijoules >= 0),
    energy_milliseconds      bigint      NOT NULL CHECK (energy_milliseconds >= 0),
    span_seconds             bigint      NOT NULL CHECK (span_seconds > 0),
    spans                    jsonb       NOT NULL CHECK (jsonb_typeof(spans) = 'array' AND jsonb_array_length(spans) <= 240),
    PRIMARY KEY (job, gpu_index)
);
COMMENT ON COLUMN job_gpu.percent_sum IS 'hundredths of utilisation, over busy_samples looks';
COMMENT ON COLUMN job_gpu.energy_milliseconds IS 'the time over which energy_millijoules was counted';
COMMENT ON COLUMN job_gpu.spans IS 'one array a span since the job''s start: looks and their hundredths, looks and their mebibytes';
CREATE INDEX job_gpu_last ON job_gpu (last_at) WHERE spans <> '[]';

-- Jobs whose waste is in the sums; each counts once.
CREATE TABLE job_waste (
    job        bigint      PRIMARY KEY REFERENCES job (number),
    counted_at timestamptz NOT NULL
);

-- What jobs held and used, by the month of the centre's calendar in which they ended. Shares are taken of what was measured only.
CREATE TABLE waste_sum (
    month                           date   NOT NULL CHECK (extract(day FROM month) = 1),
    cluster                         text   NOT NULL REFERENCES cluster (name),
    partition_name                  text   NOT NULL CHECK (length(partition_name) <= 100),
    project_id                      uuid   NOT NULL REFERENCES project (id),
    person_id                       uuid   NOT NULL REFERENCES person (id),
    jobs                            bigint NOT NULL CHECK (jobs > 0),
    cpu_held_milliseconds           bigint NOT NULL CHECK (cpu_held_milliseconds >= 0),
    cpu_measured_milliseconds       bigint NOT NULL CHECK (cpu_measured_milliseconds BETWEEN 0 AND cpu_held_milliseconds),
    cpu_unused_milliseconds         bigint NOT NULL CHECK (cpu_unused_milliseconds BETWEEN 0 AND cpu_measured_milliseconds),
    memory_held_mebibyte_seconds     bigint NOT NULL CHECK (memory_held_mebibyte_seconds >= 0),
    memory_measured_mebibyte_seconds bigint NOT NULL CHECK (memory_measured_mebibyte_seconds BETWEEN 0 AND memory_held_mebibyte_seconds),
    memory_unused_mebibyte_seconds   bigint NOT NULL CHECK (memory_unused_mebibyte_seconds BETWEEN 0 AND memory_measured_mebibyte_seconds),
    gpu_held_milliseconds           bigint NOT NULL CHECK (gpu_held_milliseconds >= 0),
    gpu_measured_milliseconds       bigint NOT NULL CHECK (gpu_measured_milliseconds BETWEEN 0 AND gpu_held_milliseconds),
    gpu_unused_milliseconds         bigint NOT NULL CHECK (gpu_unused_milliseconds BETWEEN 0 AND gpu_measured_milliseconds),
    gpu_idle_milliseconds           bigint NOT NULL CHECK (gpu_idle_milliseconds BETWEEN 0 AND gpu_unused_milliseconds),
    time_asked_seconds              bigint NOT NULL CHECK (time_asked_seconds >= 0),
    time_unused_seconds             bigint NOT NULL CHECK (time_unused_seconds BETWEEN 0 AND time_asked_seconds),
    PRIMARY KEY (month, project_id, person_id, cluster, partition_name)
);
COMMENT ON COLUMN waste_sum.partition_name IS 'empty where the job asked for none, or its cluster has none';
COMMENT ON COLUMN waste_sum.gpu_unused_milliseconds IS 'held GPU time × (1 - utilisation), where that was measured';
COMMENT ON COLUMN waste_sum.gpu_idle_milliseconds IS 'time of those GPUs that did nothing at all';
COMMENT ON COLUMN waste_sum.time_unused_seconds IS 'time limits beyond what completed jobs ran for';
CREATE INDEX waste_sum_project ON waste_sum (project_id, month);

-- Jobs that ended while nobody counted, before there were sums or under an older program, are counted in the background.
CREATE TABLE waste_backlog (
    is_only_row   boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
    counted_up_to bigint  NOT NULL CHECK (counted_up_to >= 0)
);
COMMENT ON COLUMN waste_backlog.counted_up_to IS 'the job number up to which those that had ended are in the sums';
INSERT INTO waste_backlog (counted_up_to) VALUES (0);
