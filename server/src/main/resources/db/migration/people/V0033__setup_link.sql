-- The one-time link that makes the first administrator: at most one row.
CREATE TABLE setup_link (
    single     boolean     PRIMARY KEY DEFAULT true CHECK (single),
    sha256     bytea       NOT NULL CHECK (length(sha256) = 32),
    created_at timestamptz NOT NULL
);
