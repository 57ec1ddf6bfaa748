-- Up to when a cluster's accounting was fetched, and how that went.
CREATE TABLE usage_fetch (
    cluster      text        PRIMARY KEY CHECK (length(cluster) BETWEEN 1 AND 200),
    read_until   timestamptz,
    looked_back  timestamptz,
    fetched_at   timestamptz,
    lines        bigint      NOT NULL DEFAULT 0 CHECK (lines >= 0),
    rejected     text[]      NOT NULL DEFAULT '{}' CHECK (cardinality(rejected) <= 20),
    failed_at    timestamptz,
    complaint    text        CHECK (length(complaint) <= 4000),
    CHECK ((failed_at IS NULL) = (complaint IS NULL))
);
COMMENT ON COLUMN usage_fetch.read_until IS 'what ended before then was asked for; later fetches begin a while before it';
COMMENT ON COLUMN usage_fetch.looked_back IS 'when days back were read again, for records that were changed late';
COMMENT ON COLUMN usage_fetch.rejected IS 'of the latest fetch: reason and line';

-- Jobs that accounting takes to run, and that the cluster does not know: nobody will tell their end.
CREATE TABLE usage_runaway (
    cluster       text        NOT NULL CHECK (length(cluster) BETWEEN 1 AND 200),
    engine_job_id text        NOT NULL CHECK (length(engine_job_id) BETWEEN 1 AND 100),
    account       text        NOT NULL CHECK (length(account) <= 1000),
    unix_user     text        NOT NULL CHECK (length(unix_user) <= 1000),
    started_at    timestamptz NOT NULL,
    seen_at       timestamptz NOT NULL,
    PRIMARY KEY (cluster, engine_job_id)
);
