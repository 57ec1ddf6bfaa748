-- What an hour on a cluster is charged in the centre's own billing units, from an instant on. A run is charged by the rate in
-- force at its start: that of its partition, or else that of the cluster.
CREATE TABLE usage_rate (
    id                       uuid           PRIMARY KEY,
    cluster                  text           NOT NULL CHECK (length(cluster) BETWEEN 1 AND 100),
    partition_name           text           CHECK (length(partition_name) BETWEEN 1 AND 100),
    since                    timestamptz    NOT NULL,
    unit                     text           NOT NULL CHECK (length(unit) BETWEEN 1 AND 40),
    formula                  text           NOT NULL CHECK (formula IN ('SUM', 'MAX', 'SLICES')),
    cpu_hour                 numeric(18, 6) NOT NULL CHECK (cpu_hour >= 0),
    memory_gibibyte_hour     numeric(18, 6) NOT NULL CHECK (memory_gibibyte_hour >= 0),
    gpu_hour                 numeric(18, 6) NOT NULL CHECK (gpu_hour >= 0),
    slice_cpus               int            CHECK (slice_cpus BETWEEN 1 AND 1000000),
    slice_memory_gibibytes   int            CHECK (slice_memory_gibibytes BETWEEN 1 AND 1000000),
    set_by                   uuid           NOT NULL REFERENCES person (id),
    set_at                   timestamptz    NOT NULL,
    CHECK ((formula = 'SLICES') = (slice_cpus IS NOT NULL)),
    CHECK ((formula = 'SLICES') = (slice_memory_gibibytes IS NOT NULL))
);
CREATE UNIQUE INDEX usage_rate_since ON usage_rate (cluster, coalesce(partition_name, ''), since);
CREATE INDEX usage_rate_set_by ON usage_rate (set_by);
COMMENT ON COLUMN usage_rate.partition_name IS 'null for all partitions that have no rate of their own';
COMMENT ON COLUMN usage_rate.formula IS 'SUM or MAX of what CPUs, memory and GPUs cost; SLICES: what one slice of the node costs (gpu_hour) times the most of GPUs, CPUs by slice_cpus, memory by slice_memory_gibibytes, each rounded up';
