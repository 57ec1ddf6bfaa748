-- The sums of an allocation's books, so that a job can be judged against them without adding up every line and every
-- job that waits. The triggers below keep them: whoever writes a line or a commitment moves them in the same statement.
CREATE TABLE usage_account (
    allocation_id              uuid   PRIMARY KEY REFERENCES allocation (id),
    gpu_settled_milliseconds   bigint NOT NULL DEFAULT 0 CHECK (gpu_settled_milliseconds >= 0),
    cpu_settled_milliseconds   bigint NOT NULL DEFAULT 0 CHECK (cpu_settled_milliseconds >= 0),
    gpu_committed_milliseconds bigint NOT NULL DEFAULT 0 CHECK (gpu_committed_milliseconds >= 0),
    cpu_committed_milliseconds bigint NOT NULL DEFAULT 0 CHECK (cpu_committed_milliseconds >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE usage_account IS 'sums over usage_record and usage_commitment, kept by their triggers';
COMMENT ON COLUMN usage_account.gpu_committed_milliseconds IS 'what live jobs may use at most from their start on, whether they run already or not';

INSERT INTO usage_account (allocation_id, gpu_settled_milliseconds, cpu_settled_milliseconds,
                           gpu_committed_milliseconds, cpu_committed_milliseconds)
SELECT allocation_id, sum(gpu_settled), sum(cpu_settled), sum(gpu_committed), sum(cpu_committed)
FROM (SELECT allocation_id, gpu_milliseconds AS gpu_settled, cpu_milliseconds AS cpu_settled,
             0::bigint AS gpu_committed, 0::bigint AS cpu_committed
      FROM usage_record
      UNION ALL
      SELECT allocation_id, 0, 0, gpus * time_limit_milliseconds, cpus * time_limit_milliseconds
      FROM usage_commitment) AS books
GROUP BY allocation_id;

-- Accounts are touched in the order of their identifiers, so that two statements over many cannot wait for each other.
CREATE FUNCTION count_settled_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_account AS a (allocation_id, gpu_settled_milliseconds, cpu_settled_milliseconds)
    SELECT allocation_id, sum(gpu_milliseconds), sum(cpu_milliseconds) FROM changed
    GROUP BY allocation_id ORDER BY allocation_id
    ON CONFLICT (allocation_id) DO UPDATE
    SET gpu_settled_milliseconds = a.gpu_settled_milliseconds + excluded.gpu_settled_milliseconds,
        cpu_settled_milliseconds = a.cpu_settled_milliseconds + excluded.cpu_settled_milliseconds;
    RETURN NULL;
END $$;
CREATE TRIGGER usage_record_counted AFTER INSERT ON usage_record
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_settled_usage();

CREATE FUNCTION count_committed_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_account AS a (allocation_id, gpu_committed_milliseconds, cpu_committed_milliseconds)
    SELECT allocation_id, sum(gpus * time_limit_milliseconds), sum(cpus * time_limit_milliseconds) FROM changed
    GROUP BY allocation_id ORDER BY allocation_id
    ON CONFLICT (allocation_id) DO UPDATE
    SET gpu_committed_milliseconds = a.gpu_committed_milliseconds + excluded.gpu_committed_milliseconds,
        cpu_committed_milliseconds = a.cpu_committed_milliseconds + excluded.cpu_committed_milliseconds;
    RETURN NULL;
END $$;
CREATE TRIGGER usage_commitment_counted AFTER INSERT ON usage_commitment
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_committed_usage();

CREATE FUNCTION count_lifted_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM usage_account WHERE allocation_id IN (SELECT allocation_id FROM changed)
    ORDER BY allocation_id FOR UPDATE;
    UPDATE usage_account a
    SET gpu_committed_milliseconds = a.gpu_committed_milliseconds - c.gpu,
        cpu_committed_milliseconds = a.cpu_committed_milliseconds - c.cpu
    FROM (SELECT allocation_id, sum(gpus * time_limit_milliseconds) AS gpu, sum(cpus * time_limit_milliseconds) AS cpu
          FROM changed GROUP BY allocation_id) AS c
    WHERE a.allocation_id = c.allocation_id;
    RETURN NULL;
END $$;
CREATE TRIGGER usage_commitment_lifted AFTER DELETE ON usage_commitment
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_lifted_usage();

-- A commitment is made and lifted; only its start is noted in between.
CREATE FUNCTION refuse_change_of_commitment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a commitment is lifted and made anew, never changed';
END $$;
CREATE TRIGGER usage_commitment_as_made BEFORE UPDATE OF job_id, allocation_id, gpus, cpus, time_limit_milliseconds
    ON usage_commitment FOR EACH ROW EXECUTE FUNCTION refuse_change_of_commitment();

-- What runs is few; what waits may be many, and is in the sum.
CREATE INDEX usage_commitment_running ON usage_commitment (allocation_id) WHERE started_at IS NOT NULL;
-- The balance was a sum over this one.
DROP INDEX usage_record_balance;
