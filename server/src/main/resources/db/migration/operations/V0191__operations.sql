-- The Farga processes on this database. One that stopped or died is kept for a day.
CREATE TABLE farga_process (
    id         uuid        PRIMARY KEY,
    host       text        NOT NULL CHECK (length(host) BETWEEN 1 AND 253),
    port       int         NOT NULL CHECK (port BETWEEN 1 AND 65535),
    pid        bigint      NOT NULL CHECK (pid > 0),
    version    text        NOT NULL CHECK (length(version) BETWEEN 1 AND 100),
    state      text        NOT NULL CHECK (state IN ('SERVING', 'DRAINING', 'STOPPED')),
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    looked_at  timestamptz
);
COMMENT ON COLUMN farga_process.looked_at IS 'when it last looked for what is wrong';
CREATE INDEX farga_process_seen_at ON farga_process (seen_at);

-- What each process found wrong at its last look.
CREATE TABLE operations_finding (
    process_id uuid        NOT NULL REFERENCES farga_process (id) ON DELETE CASCADE,
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    subject    text        NOT NULL CHECK (length(subject) <= 500),
    severity   text        NOT NULL CHECK (severity IN ('CRITICAL', 'WARNING', 'NOTICE')),
    since      timestamptz NOT NULL,
    document   jsonb       NOT NULL CHECK (jsonb_typeof(document) = 'object'),
    PRIMARY KEY (process_id, name, subject)
);

-- One row a minute and process, kept for a day: what the operations page draws.
CREATE TABLE operations_sample (
    process_id        uuid        NOT NULL,
    at                timestamptz NOT NULL,
    work_due          bigint      NOT NULL CHECK (work_due >= 0),
    requests          bigint      NOT NULL CHECK (requests >= 0),
    p95_milliseconds  double precision CHECK (p95_milliseconds >= 0),
    job_starts        bigint      NOT NULL CHECK (job_starts >= 0),
    PRIMARY KEY (process_id, at)
);
CREATE INDEX operations_sample_at ON operations_sample (at);
COMMENT ON COLUMN operations_sample.p95_milliseconds IS '95 of 100 requests of that minute were answered within it; null where there was none';
