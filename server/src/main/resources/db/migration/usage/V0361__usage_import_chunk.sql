-- Two pieces of an import are entered beside each other. Each leaves what became of its lines here, in the transaction that enters
-- them, and the import moves on over them in the order of the file.
CREATE TABLE usage_import_chunk (
    import_id     uuid   NOT NULL REFERENCES usage_import (id),
    from_bytes    bigint NOT NULL CHECK (from_bytes >= 0),
    to_bytes      bigint NOT NULL CHECK (to_bytes > from_bytes),
    lines         bigint NOT NULL CHECK (lines >= 0),
    entered       bigint NOT NULL CHECK (entered >= 0),
    corrected     bigint NOT NULL CHECK (corrected >= 0),
    unchanged     bigint NOT NULL CHECK (unchanged >= 0),
    unattributed  bigint NOT NULL CHECK (unattributed >= 0),
    steps         bigint NOT NULL CHECK (steps >= 0),
    never_started bigint NOT NULL CHECK (never_started >= 0),
    not_ended     bigint NOT NULL CHECK (not_ended >= 0),
    empty         bigint NOT NULL CHECK (empty >= 0),
    rejected      bigint NOT NULL CHECK (rejected >= 0),
    PRIMARY KEY (import_id, from_bytes)
);
COMMENT ON TABLE usage_import_chunk IS 'of imports under way: entered already, and not yet counted in usage_import';

-- By what differs first: a cluster's name, which all lines have, was compared at each step down the tree.
CREATE UNIQUE INDEX usage_record_run_once ON usage_record (engine_job_id, started_at, cluster, revision, sign)
    WHERE engine_job_id IS NOT NULL;
DROP INDEX usage_record_run;
ALTER INDEX usage_record_run_once RENAME TO usage_record_run;

-- One index for the statement, which lists an allocation's lines, and for its days, which add all of them up from the index alone.
CREATE INDEX usage_record_lines ON usage_record (allocation_id, ended_at DESC, line DESC)
    INCLUDE (started_at, duration_milliseconds, sign, gpus, cpus, gpu_milliseconds, cpu_milliseconds);
DROP INDEX usage_record_statement;
DROP INDEX usage_record_days;
