-- What an allocation used by day is one sum over this index alone, however many jobs it had.
CREATE INDEX usage_record_days ON usage_record (allocation_id)
    INCLUDE (started_at, ended_at, gpus, cpus, gpu_milliseconds, cpu_milliseconds);
