-- What sacct prints comes in bulk: from files, and from a cluster at intervals.
ALTER TABLE usage_record ADD COLUMN engine_task text CHECK (length(engine_task) BETWEEN 1 AND 100);
COMMENT ON COLUMN usage_record.engine_job_id IS 'the engine''s own number; with cluster and start it is the run';
COMMENT ON COLUMN usage_record.engine_task IS 'as sacct shows it where that is another: 39_0, 34+1';

-- Runs under accounts that stand for no allocation: charged to nobody, until the account is known.
CREATE TABLE usage_unattributed (
    cluster               text        NOT NULL CHECK (length(cluster) BETWEEN 1 AND 200),
    engine_job_id         text        NOT NULL CHECK (length(engine_job_id) BETWEEN 1 AND 100),
    engine_task           text        CHECK (length(engine_task) BETWEEN 1 AND 100),
    started_at            timestamptz NOT NULL,
    ended_at              timestamptz NOT NULL,
    duration_milliseconds bigint      NOT NULL,
    job_name              text        NOT NULL CHECK (length(job_name) <= 1000),
    account               text        NOT NULL CHECK (length(account) <= 1000),
    unix_user             text        NOT NULL CHECK (length(unix_user) <= 1000),
    partition_name        text        NOT NULL CHECK (length(partition_name) <= 1000),
    qos                   text        NOT NULL CHECK (length(qos) <= 1000),
    state                 text        NOT NULL CHECK (length(state) <= 200),
    gpus                  int         NOT NULL CHECK (gpus BETWEEN 0 AND 100000),
    cpus                  int         NOT NULL CHECK (cpus BETWEEN 0 AND 1000000),
    memory_mebibytes      bigint      NOT NULL CHECK (memory_mebibytes >= 0),
    nodes                 int         NOT NULL CHECK (nodes >= 0),
    tres                  text        NOT NULL CHECK (length(tres) <= 10000),
    PRIMARY KEY (cluster, engine_job_id, started_at),
    CHECK (duration_milliseconds >= 0 AND started_at + duration_milliseconds * interval '1 millisecond' <= ended_at)
);
CREATE INDEX usage_unattributed_account ON usage_unattributed (cluster, account);

-- A file or stream of sacct's lines, and how far it has come: where it stands is written with what was read up to there.
CREATE TABLE usage_import (
    id             uuid        PRIMARY KEY,
    cluster        text        NOT NULL CHECK (length(cluster) BETWEEN 1 AND 200),
    zone           text        NOT NULL CHECK (length(zone) BETWEEN 1 AND 100),
    name           text        NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    size_bytes     bigint      CHECK (size_bytes >= 0),
    started_by     uuid        NOT NULL REFERENCES person (id),
    started_at     timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    ended_at       timestamptz,
    header         text        CHECK (length(header) <= 100000),
    slurm_cluster  text        CHECK (length(slurm_cluster) <= 1000),
    position_bytes bigint      NOT NULL DEFAULT 0 CHECK (position_bytes >= 0),
    lines          bigint      NOT NULL DEFAULT 0 CHECK (lines >= 0),
    entered        bigint      NOT NULL DEFAULT 0 CHECK (entered >= 0),
    corrected      bigint      NOT NULL DEFAULT 0 CHECK (corrected >= 0),
    unchanged      bigint      NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
    unattributed   bigint      NOT NULL DEFAULT 0 CHECK (unattributed >= 0),
    steps          bigint      NOT NULL DEFAULT 0 CHECK (steps >= 0),
    never_started  bigint      NOT NULL DEFAULT 0 CHECK (never_started >= 0),
    not_ended      bigint      NOT NULL DEFAULT 0 CHECK (not_ended >= 0),
    empty          bigint      NOT NULL DEFAULT 0 CHECK (empty >= 0),
    rejected       bigint      NOT NULL DEFAULT 0 CHECK (rejected >= 0),
    CHECK (lines = entered + corrected + unchanged + unattributed + steps + never_started + not_ended + empty + rejected)
);
CREATE INDEX usage_import_newest ON usage_import (started_at DESC, id DESC);
CREATE INDEX usage_import_started_by ON usage_import (started_by);
COMMENT ON COLUMN usage_import.size_bytes IS 'null for a stream';
COMMENT ON COLUMN usage_import.lines IS 'without the header: each is counted in one of the columns after it';

CREATE TABLE usage_import_rejection (
    import_id uuid   NOT NULL REFERENCES usage_import (id),
    line      bigint NOT NULL CHECK (line >= 1),
    reason    text   NOT NULL CHECK (length(reason) BETWEEN 1 AND 50),
    content   text   NOT NULL CHECK (length(content) <= 500),
    PRIMARY KEY (import_id, line)
);
COMMENT ON COLUMN usage_import_rejection.line IS 'in the file, whose header is line 1';
