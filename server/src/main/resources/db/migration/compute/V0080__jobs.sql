CREATE TABLE cluster (
    id        uuid    NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    name      text    PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9-]{0,62}$'),
    scheduler text    NOT NULL CHECK (scheduler IN ('LOCAL')),
    enabled   boolean NOT NULL DEFAULT true
);
COMMENT ON COLUMN cluster.id IS 'tells this record of the cluster from another database''s: job numbers start anew there';
COMMENT ON COLUMN cluster.enabled IS 'whether it takes new jobs; those it has go on';
INSERT INTO cluster (name, scheduler) VALUES ('local', 'LOCAL');

-- Numbers are never used twice, not even after a refusal: the engines know jobs by them.
CREATE SEQUENCE job_number;

CREATE TABLE job (
    number                bigint      PRIMARY KEY CHECK (number > 0),
    name                  text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    project_id            uuid        NOT NULL REFERENCES project (id),
    allocation_id         uuid        NOT NULL REFERENCES allocation (id),
    cluster               text        NOT NULL REFERENCES cluster (name),
    submitted_by          uuid        NOT NULL REFERENCES person (id),
    submitted_at          timestamptz NOT NULL,
    script                text        NOT NULL CHECK (octet_length(script) BETWEEN 1 AND 1048576),
    script_sha256         bytea       NOT NULL CHECK (length(script_sha256) = 32),
    cpus                  int         NOT NULL CHECK (cpus > 0),
    memory_mebibytes      bigint      NOT NULL CHECK (memory_mebibytes > 0),
    gpus                  int         NOT NULL CHECK (gpus >= 0),
    time_limit_seconds    bigint      NOT NULL CHECK (time_limit_seconds > 0),
    disk_mebibytes        bigint      NOT NULL CHECK (disk_mebibytes > 0),
    environment           jsonb       NOT NULL CHECK (jsonb_typeof(environment) = 'object'),
    model_name            text        CHECK (length(model_name) BETWEEN 1 AND 100),

    stage                 text        NOT NULL CHECK (stage IN ('ACCEPTED', 'SUBMITTING', 'PENDING', 'RUNNING', 'ENDED')),
    state                 text        NOT NULL,
    reason                text        CHECK (length(reason) <= 200),
    detail                text        CHECK (length(detail) <= 2000),
    engine_job_id         text        CHECK (length(engine_job_id) BETWEEN 1 AND 200),
    started_at            timestamptz,
    ended_at              timestamptz,
    exit_code             int,
    held_nodes            text,
    held_cpus             int         CHECK (held_cpus > 0),
    held_memory_mebibytes bigint      CHECK (held_memory_mebibytes > 0),
    held_gpus             int         CHECK (held_gpus >= 0),
    held_gpu_indexes      int[],
    cpu_milliseconds      bigint      CHECK (cpu_milliseconds >= 0),
    peak_memory_mebibytes bigint      CHECK (peak_memory_mebibytes >= 0),

    cancel_requested_at   timestamptz,
    cancel_why            text        CHECK (cancel_why IN ('PERSON', 'ALLOCATION_SUSPENDED', 'ALLOCATION_ENDED', 'AGREEMENT_ENDED')),
    cancelled_by          uuid        REFERENCES person (id),
    failure_seen_at       timestamptz,

    CHECK (CASE stage
             WHEN 'ENDED' THEN state IN ('COMPLETED', 'FAILED', 'CANCELLED', 'TIMEOUT', 'OUT_OF_MEMORY', 'NODE_FAIL',
                                         'PREEMPTED', 'BOOT_FAIL', 'DEADLINE')
             WHEN 'RUNNING' THEN state = 'RUNNING'
             ELSE state = 'PENDING' END),
    CHECK ((stage = 'ENDED') = (ended_at IS NOT NULL)),
    CHECK (stage <> 'RUNNING' OR started_at IS NOT NULL),
    CHECK (stage IN ('RUNNING', 'ENDED') OR started_at IS NULL),
    CHECK (ended_at >= started_at),
    CHECK ((started_at IS NULL) = (held_cpus IS NULL)),
    CHECK ((held_cpus IS NULL) = (held_nodes IS NULL) AND (held_cpus IS NULL) = (held_memory_mebibytes IS NULL)
           AND (held_cpus IS NULL) = (held_gpus IS NULL) AND (held_cpus IS NULL) = (held_gpu_indexes IS NULL)),
    CHECK ((cancel_requested_at IS NULL) = (cancel_why IS NULL)),
    CHECK ((cancel_why = 'PERSON') = (cancelled_by IS NOT NULL))
);
COMMENT ON COLUMN job.stage IS 'how far it has come between Farga and the engine: not asked yet, asked, has it, runs it, is done';
COMMENT ON COLUMN job.state IS 'Slurm''s word for it';
COMMENT ON COLUMN job.reason IS 'why it waits or how it ended, Slurm''s word where there is one';
COMMENT ON COLUMN job.detail IS 'the engine''s own sentence, where it refused the job';
COMMENT ON COLUMN job.held_cpus IS 'what it was given, which is what it is charged for; null until it started';
COMMENT ON COLUMN job.failure_seen_at IS 'when who submitted it looked at it after it had failed';
CREATE INDEX job_live ON job (cluster, number) WHERE stage <> 'ENDED';
CREATE INDEX job_project ON job (project_id, number);
CREATE INDEX job_person ON job (submitted_by, number);

-- The dataset versions that a job may read, each under the agreement that allows it.
CREATE TABLE job_input (
    job                bigint NOT NULL REFERENCES job (number),
    position           int    NOT NULL CHECK (position >= 0),
    dataset_version_id uuid   NOT NULL REFERENCES dataset_version (id),
    agreement_id       uuid   NOT NULL REFERENCES agreement (id),
    PRIMARY KEY (job, position),
    UNIQUE (job, dataset_version_id)
);
