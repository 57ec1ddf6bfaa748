-- Where a job ran, which says how long one waits for which part of a cluster.
ALTER TABLE job
    ADD COLUMN held_partition text CHECK (length(held_partition) BETWEEN 1 AND 200),
    ADD CONSTRAINT job_held_partition CHECK (held_partition IS NULL OR held_nodes IS NOT NULL);
COMMENT ON COLUMN job.held_partition IS 'null where the engine has no partitions or did not say, and of jobs that started before this was kept';
CREATE INDEX job_started ON job (cluster, started_at) INCLUDE (held_partition, submitted_at) WHERE started_at IS NOT NULL;
