-- A year of a large centre is some hundred thousand rows of waste_sum, one for each person in each project and partition. What the
-- centre asks for is by project, cluster and partition, or by person: the same sums without the rest, which are a fraction of that.
LOCK TABLE waste_sum IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE waste_project_sum (
    month                            date   NOT NULL CHECK (extract(day FROM month) = 1),
    project_id                       uuid   NOT NULL REFERENCES project (id),
    cluster                          text   NOT NULL REFERENCES cluster (name),
    partition_name                   text   NOT NULL CHECK (length(partition_name) <= 100),
    jobs                             bigint NOT NULL CHECK (jobs > 0),
    cpu_held_milliseconds            bigint NOT NULL CHECK (cpu_held_milliseconds >= 0),
    cpu_measured_milliseconds        bigint NOT NULL CHECK (cpu_measured_milliseconds BETWEEN 0 AND cpu_held_milliseconds),
    cpu_unused_milliseconds          bigint NOT NULL CHECK (cpu_unused_milliseconds BETWEEN 0 AND cpu_measured_milliseconds),
    memory_held_mebibyte_seconds     bigint NOT NULL CHECK (memory_held_mebibyte_seconds >= 0),
    memory_measured_mebibyte_seconds bigint NOT NULL CHECK (memory_measured_mebibyte_seconds BETWEEN 0 AND memory_held_mebibyte_seconds),
    memory_unused_mebibyte_seconds   bigint NOT NULL CHECK (memory_unused_mebibyte_seconds BETWEEN 0 AND memory_measured_mebibyte_seconds),
    gpu_held_milliseconds            bigint NOT NULL CHECK (gpu_held_milliseconds >= 0),
    gpu_measured_milliseconds        bigint NOT NULL CHECK (gpu_measured_milliseconds BETWEEN 0 AND gpu_held_milliseconds),
    gpu_unused_milliseconds          bigint NOT NULL CHECK (gpu_unused_milliseconds BETWEEN 0 AND gpu_measured_milliseconds),
    gpu_idle_milliseconds            bigint NOT NULL CHECK (gpu_idle_milliseconds BETWEEN 0 AND gpu_unused_milliseconds),
    time_asked_seconds               bigint NOT NULL CHECK (time_asked_seconds >= 0),
    time_unused_seconds              bigint NOT NULL CHECK (time_unused_seconds BETWEEN 0 AND time_asked_seconds),
    PRIMARY KEY (month, project_id, cluster, partition_name)
);
COMMENT ON TABLE waste_project_sum IS 'waste_sum over all persons';
INSERT INTO waste_project_sum (month, project_id, cluster, partition_name, jobs, cpu_held_milliseconds, cpu_measured_milliseconds, cpu_unused_milliseconds, memory_held_mebibyte_seconds, memory_measured_mebibyte_seconds, memory_unused_mebibyte_seconds, gpu_held_milliseconds, gpu_measured_milliseconds, gpu_unused_milliseconds, gpu_idle_milliseconds, time_asked_seconds, time_unused_seconds)
SELECT month, project_id, cluster, partition_name, sum(jobs), sum(cpu_held_milliseconds), sum(cpu_measured_milliseconds), sum(cpu_unused_milliseconds), sum(memory_held_mebibyte_seconds), sum(memory_measured_mebibyte_seconds), sum(memory_unused_mebibyte_seconds), sum(gpu_held_milliseconds), sum(gpu_measured_milliseconds), sum(gpu_unused_milliseconds), sum(gpu_idle_milliseconds), sum(time_asked_seconds), sum(time_unused_seconds)
FROM waste_sum GROUP BY month, project_id, cluster, partition_name;
CREATE INDEX waste_project_sum_project ON waste_project_sum (project_id, month);

CREATE TABLE waste_person_sum (
    month                            date   NOT NULL CHECK (extract(day FROM month) = 1),
    person_id                        uuid   NOT NULL REFERENCES person (id),
    jobs                             bigint NOT NULL CHECK (jobs > 0),
    cpu_held_milliseconds            bigint NOT NULL CHECK (cpu_held_milliseconds >= 0),
    cpu_measured_milliseconds        bigint NOT NULL CHECK (cpu_measured_milliseconds BETWEEN 0 AND cpu_held_milliseconds),
    cpu_unused_milliseconds          bigint NOT NULL CHECK (cpu_unused_milliseconds BETWEEN 0 AND cpu_measured_milliseconds),
    memory_held_mebibyte_seconds     bigint NOT NULL CHECK (memory_held_mebibyte_seconds >= 0),
    memory_measured_mebibyte_seconds bigint NOT NULL CHECK (memory_measured_mebibyte_seconds BETWEEN 0 AND memory_held_mebibyte_seconds),
    memory_unused_mebibyte_seconds   bigint NOT NULL CHECK (memory_unused_mebibyte_seconds BETWEEN 0 AND memory_measured_mebibyte_seconds),
    gpu_held_milliseconds            bigint NOT NULL CHECK (gpu_held_milliseconds >= 0),
    gpu_measured_milliseconds        bigint NOT NULL CHECK (gpu_measured_milliseconds BETWEEN 0 AND gpu_held_milliseconds),
    gpu_unused_milliseconds          bigint NOT NULL CHECK (gpu_unused_milliseconds BETWEEN 0 AND gpu_measured_milliseconds),
    gpu_idle_milliseconds            bigint NOT NULL CHECK (gpu_idle_milliseconds BETWEEN 0 AND gpu_unused_milliseconds),
    time_asked_seconds               bigint NOT NULL CHECK (time_asked_seconds >= 0),
    time_unused_seconds              bigint NOT NULL CHECK (time_unused_seconds BETWEEN 0 AND time_asked_seconds),
    PRIMARY KEY (month, person_id)
);
COMMENT ON TABLE waste_person_sum IS 'waste_sum over all projects, clusters and partitions';
INSERT INTO waste_person_sum (month, person_id, jobs, cpu_held_milliseconds, cpu_measured_milliseconds, cpu_unused_milliseconds, memory_held_mebibyte_seconds, memory_measured_mebibyte_seconds, memory_unused_mebibyte_seconds, gpu_held_milliseconds, gpu_measured_milliseconds, gpu_unused_milliseconds, gpu_idle_milliseconds, time_asked_seconds, time_unused_seconds)
SELECT month, person_id, sum(jobs), sum(cpu_held_milliseconds), sum(cpu_measured_milliseconds), sum(cpu_unused_milliseconds), sum(memory_held_mebibyte_seconds), sum(memory_measured_mebibyte_seconds), sum(memory_unused_mebibyte_seconds), sum(gpu_held_milliseconds), sum(gpu_measured_milliseconds), sum(gpu_unused_milliseconds), sum(gpu_idle_milliseconds), sum(time_asked_seconds), sum(time_unused_seconds)
FROM waste_sum GROUP BY month, person_id;
