-- What a job may ask of its engine beyond amounts.
ALTER TABLE job
    ADD COLUMN gpu_type      text    CHECK (gpu_type ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$'),
    ADD COLUMN exclusive     boolean NOT NULL DEFAULT false,
    ADD COLUMN partition     text    CHECK (partition ~ '^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$'),
    ADD COLUMN qos           text    CHECK (qos ~ '^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$'),
    ADD COLUMN array_number  bigint  CHECK (array_number > 0),
    ADD COLUMN array_index   int     CHECK (array_index >= 0),
    ADD COLUMN array_at_once int     CHECK (array_at_once > 0),
    ADD COLUMN unix_user     text    CHECK (length(unix_user) BETWEEN 1 AND 100),
    ADD CONSTRAINT job_array_task CHECK ((array_number IS NULL) = (array_index IS NULL)
                                         AND (array_at_once IS NULL OR array_number IS NOT NULL)),
    ADD CONSTRAINT job_gpu_type CHECK (gpu_type IS NULL OR gpus > 0),
    ALTER COLUMN script DROP NOT NULL,
    ALTER COLUMN script_sha256 DROP NOT NULL,
    -- Of an array the first task alone keeps the script; of a job that was given to the engine by hand nobody has it.
    ADD CONSTRAINT job_script_is_known CHECK (script IS NOT NULL OR array_number IS NOT NULL OR unix_user IS NOT NULL),
    ADD CONSTRAINT job_script_digest CHECK (script_sha256 IS NOT NULL OR unix_user IS NOT NULL),
    ADD CONSTRAINT job_by_hand CHECK (unix_user IS NULL OR engine_job_id IS NOT NULL),
    DROP CONSTRAINT job_cancel_why_check,
    ADD CONSTRAINT job_cancel_why_check CHECK (cancel_why IN ('PERSON', 'ALLOCATION_SUSPENDED', 'ALLOCATION_ENDED',
                                                              'AGREEMENT_ENDED', 'DEPENDENCY'));
COMMENT ON COLUMN job.array_number IS 'of the same sequence as number, and no job''s: dependencies and cancellations may mean the whole array by it';
COMMENT ON COLUMN job.unix_user IS 'who gave the job to the engine, where that was done without Farga; null where Farga did';
CREATE UNIQUE INDEX job_array ON job (array_number, array_index) WHERE array_number IS NOT NULL;
-- A number of the engine's comes again only with a new engine, or after its greatest.
CREATE UNIQUE INDEX job_by_hand ON job (cluster, engine_job_id, submitted_at) WHERE unix_user IS NOT NULL;

CREATE INDEX job_engine ON job (cluster, engine_job_id) WHERE engine_job_id IS NOT NULL;

-- The jobs that have to have come so far before another may start.
CREATE TABLE job_dependency (
    job    bigint NOT NULL REFERENCES job (number),
    parent bigint NOT NULL CHECK (parent > 0),
    kind   text   NOT NULL CHECK (kind IN ('AFTER', 'AFTERANY', 'AFTEROK', 'AFTERNOTOK')),
    PRIMARY KEY (job, parent, kind),
    CHECK (parent < job)
);
COMMENT ON COLUMN job_dependency.parent IS 'a job''s number, or an array''s, which means each of its tasks';
COMMENT ON COLUMN job_dependency.kind IS 'in Slurm''s words: started; ended; ended well; ended otherwise';

-- Up to when a cluster's accounting was asked for jobs that Farga did not give to it.
CREATE TABLE cluster_accounting (
    cluster  text        PRIMARY KEY REFERENCES cluster (name),
    asked_to timestamptz NOT NULL
);
