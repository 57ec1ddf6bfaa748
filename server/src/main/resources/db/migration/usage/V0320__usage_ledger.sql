-- The statement's lines become a ledger of runs: a job that was requeued or preempted has one for each run, a run that was not
-- submitted through Farga has one without a job of ours, and a record that turns out otherwise is corrected by a line that
-- reverses the first and one in its place. Lines are still never changed; what stood here keeps its meaning.
ALTER TABLE usage_record DISABLE TRIGGER usage_record_is_final;
ALTER TABLE usage_record
    DROP CONSTRAINT usage_record_pkey,
    DROP CONSTRAINT usage_record_check1,
    DROP CONSTRAINT usage_record_check2,
    DROP CONSTRAINT usage_record_check3,
    DROP CONSTRAINT usage_record_job_name_check,
    ALTER COLUMN job_id DROP NOT NULL,
    ALTER COLUMN person_id DROP NOT NULL,
    ADD COLUMN line           bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ADD COLUMN sign           smallint NOT NULL DEFAULT 1 CHECK (sign IN (1, -1)),
    ADD COLUMN revision       int      NOT NULL DEFAULT 0 CHECK (revision >= 0),
    ADD COLUMN source         text     NOT NULL DEFAULT 'FARGA' CHECK (source IN ('FARGA', 'SLURM')),
    ADD COLUMN engine_job_id  text     CHECK (length(engine_job_id) BETWEEN 1 AND 100),
    ADD COLUMN account        text     CHECK (length(account) <= 1000),
    ADD COLUMN unix_user      text     CHECK (length(unix_user) <= 1000),
    ADD COLUMN partition_name text     CHECK (length(partition_name) <= 1000),
    ADD COLUMN qos            text     CHECK (length(qos) <= 1000),
    ADD COLUMN state          text     CHECK (length(state) <= 200),
    ADD COLUMN nodes          int      CHECK (nodes >= 0),
    ADD COLUMN tres           text     CHECK (length(tres) <= 10000),
    ADD COLUMN entered_at     timestamptz,
    ADD CONSTRAINT usage_record_job_name_check CHECK (length(job_name) <= 1000),
    ADD CONSTRAINT usage_record_of_something CHECK (job_id IS NOT NULL OR engine_job_id IS NOT NULL),
    ADD CONSTRAINT usage_record_duration CHECK (duration_milliseconds >= 0
        AND started_at + duration_milliseconds * interval '1 millisecond' <= ended_at),
    ADD CONSTRAINT usage_record_gpu CHECK (gpu_milliseconds = sign * gpus * duration_milliseconds),
    ADD CONSTRAINT usage_record_cpu CHECK (cpu_milliseconds = sign * cpus * duration_milliseconds);
ALTER TABLE usage_record ALTER COLUMN entered_at SET DEFAULT now();
COMMENT ON COLUMN usage_record.job_id IS 'null for a run that was not submitted through Farga';
COMMENT ON COLUMN usage_record.sign IS '-1 reverses the line of the same run and revision';
COMMENT ON COLUMN usage_record.revision IS 'counts what was put in the place of a reversed line of the same run';
COMMENT ON COLUMN usage_record.source IS 'FARGA: seen at the job''s end; SLURM: sacct''s record, which wins';
COMMENT ON COLUMN usage_record.engine_job_id IS 'as sacct names it, with array task or part: 39_0, 34+1; with cluster and start it is the run';
COMMENT ON COLUMN usage_record.duration_milliseconds IS 'what is charged; less than from start to end where the job stood still in between';
COMMENT ON COLUMN usage_record.tres IS 'AllocTRES as it was';
COMMENT ON COLUMN usage_record.entered_at IS 'null for lines older than the ledger';

-- Lines that Slurm's accounting also knows, so that its records are not counted beside them.
UPDATE usage_record u SET engine_job_id = j.engine_job_id
FROM job j JOIN cluster c ON c.name = j.cluster
WHERE c.scheduler = 'SLURM' AND j.number = u.job_id AND j.engine_job_id IS NOT NULL;
ALTER TABLE usage_record ENABLE TRIGGER usage_record_is_final;

-- One run is one line, and each revision of it one line and at most one that reverses it.
CREATE UNIQUE INDEX usage_record_run ON usage_record (cluster, engine_job_id, started_at, revision, sign)
    WHERE engine_job_id IS NOT NULL;
CREATE UNIQUE INDEX usage_record_job_alone ON usage_record (job_id, revision, sign) WHERE engine_job_id IS NULL;
CREATE INDEX usage_record_job ON usage_record (job_id) WHERE job_id IS NOT NULL;
DROP INDEX usage_record_statement;
CREATE INDEX usage_record_statement ON usage_record (allocation_id, ended_at DESC, line DESC);
DROP INDEX usage_record_days;
CREATE INDEX usage_record_days ON usage_record (allocation_id)
    INCLUDE (started_at, duration_milliseconds, sign, gpus, cpus, gpu_milliseconds, cpu_milliseconds);

-- A reversing line takes from the sums; a row with a negative sum is refused even where it would only be added to another.
CREATE OR REPLACE FUNCTION count_settled_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM changed WHERE sign < 0) THEN
        INSERT INTO usage_account (allocation_id)
        SELECT DISTINCT allocation_id FROM changed ORDER BY allocation_id
        ON CONFLICT (allocation_id) DO NOTHING;
        PERFORM 1 FROM usage_account WHERE allocation_id IN (SELECT allocation_id FROM changed)
        ORDER BY allocation_id FOR UPDATE;
        UPDATE usage_account a
        SET gpu_settled_milliseconds = a.gpu_settled_milliseconds + c.gpu,
            cpu_settled_milliseconds = a.cpu_settled_milliseconds + c.cpu
        FROM (SELECT allocation_id, sum(gpu_milliseconds) AS gpu, sum(cpu_milliseconds) AS cpu
              FROM changed GROUP BY allocation_id) AS c
        WHERE a.allocation_id = c.allocation_id;
    ELSE
        INSERT INTO usage_account AS a (allocation_id, gpu_settled_milliseconds, cpu_settled_milliseconds)
        SELECT allocation_id, sum(gpu_milliseconds), sum(cpu_milliseconds) FROM changed
        GROUP BY allocation_id ORDER BY allocation_id
        ON CONFLICT (allocation_id) DO UPDATE
        SET gpu_settled_milliseconds = a.gpu_settled_milliseconds + excluded.gpu_settled_milliseconds,
            cpu_settled_milliseconds = a.cpu_settled_milliseconds + excluded.cpu_settled_milliseconds;
    END IF;
    RETURN NULL;
END $$;

-- A program from before the ledger cannot settle a job on it.
UPDATE schema_floor SET version = greatest(version, 320);
