ALTER TABLE cluster
    DROP CONSTRAINT cluster_scheduler_check,
    ADD CONSTRAINT cluster_scheduler_check CHECK (scheduler IN ('LOCAL', 'SLURM'));
