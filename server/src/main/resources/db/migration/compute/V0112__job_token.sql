-- What a running job shows to log its runs. It is made anew each time the job is handed to a scheduler, of which only the
-- first hand-over counts; it is good for as long as the job runs, which is asked at each use.
CREATE TABLE job_token (
    sha256    bytea       PRIMARY KEY CHECK (length(sha256) = 32),
    job_id    bigint      NOT NULL REFERENCES job (number),
    issued_at timestamptz NOT NULL
);
CREATE INDEX job_token_job ON job_token (job_id);
