-- The first size of each day, from which the operations page reckons how fast the database grows.
CREATE TABLE database_size (
    day         date        PRIMARY KEY,
    measured_at timestamptz NOT NULL,
    size_bytes  bigint      NOT NULL CHECK (size_bytes >= 0)
);
