-- What accepted jobs may still use at most; a row lives from the job's acceptance to its end.
CREATE TABLE usage_commitment (
    job_id                  bigint      PRIMARY KEY CHECK (job_id >= 1),
    allocation_id           uuid        NOT NULL REFERENCES allocation (id),
    gpus                    int         NOT NULL CHECK (gpus BETWEEN 0 AND 100000),
    cpus                    int         NOT NULL CHECK (cpus BETWEEN 0 AND 1000000),
    -- Ten years of it, times the largest count, still fits 64 bits.
    time_limit_milliseconds bigint      NOT NULL CHECK (time_limit_milliseconds BETWEEN 1 AND 315360000000),
    started_at              timestamptz
);
CREATE INDEX usage_commitment_allocation ON usage_commitment (allocation_id);
COMMENT ON COLUMN usage_commitment.started_at IS 'from when on it is in flight; null while the job waits';

-- The statement's lines: what an ended job held, and for how long. Written once, never changed.
CREATE TABLE usage_record (
    job_id                bigint      PRIMARY KEY CHECK (job_id >= 1),
    job_name              text        NOT NULL CHECK (length(job_name) BETWEEN 1 AND 1000),
    allocation_id         uuid        NOT NULL REFERENCES allocation (id),
    cluster               text        NOT NULL CHECK (length(cluster) BETWEEN 1 AND 200),
    person_id             uuid        NOT NULL REFERENCES person (id),
    started_at            timestamptz NOT NULL,
    ended_at              timestamptz NOT NULL,
    duration_milliseconds bigint      NOT NULL,
    gpus                  int         NOT NULL CHECK (gpus BETWEEN 0 AND 100000),
    cpus                  int         NOT NULL CHECK (cpus BETWEEN 0 AND 1000000),
    memory_mebibytes      bigint      NOT NULL CHECK (memory_mebibytes >= 0),
    gpu_milliseconds      bigint      NOT NULL,
    cpu_milliseconds      bigint      NOT NULL,
    CHECK (ended_at >= started_at),
    CHECK (duration_milliseconds = extract(epoch FROM ended_at - started_at) * 1000),
    CHECK (gpu_milliseconds = gpus * duration_milliseconds),
    CHECK (cpu_milliseconds = cpus * duration_milliseconds)
);
-- The balance is one sum over this index alone.
CREATE INDEX usage_record_balance ON usage_record (allocation_id) INCLUDE (gpu_milliseconds, cpu_milliseconds);
CREATE INDEX usage_record_statement ON usage_record (allocation_id, ended_at DESC, job_id DESC);

CREATE FUNCTION usage_record_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a usage record is never changed or removed';
END $$;
CREATE TRIGGER usage_record_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON usage_record
    FOR EACH STATEMENT EXECUTE FUNCTION usage_record_is_final();
