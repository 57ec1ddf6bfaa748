-- What an engine measured of a job beside its processes.
ALTER TABLE job
    ADD COLUMN energy_joules             bigint CHECK (energy_joules > 0),
    ADD COLUMN gpu_peak_percent          int    CHECK (gpu_peak_percent >= 0),
    ADD COLUMN gpu_peak_memory_mebibytes bigint CHECK (gpu_peak_memory_mebibytes >= 0);
COMMENT ON COLUMN job.energy_joules IS 'by the meters of its nodes while it ran; on a shared node with what others used';
COMMENT ON COLUMN job.gpu_peak_percent IS 'the most its GPUs were seen busy, in hundredths of one GPU: a most, no mean';
