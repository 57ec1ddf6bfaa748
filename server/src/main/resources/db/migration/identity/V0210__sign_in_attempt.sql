-- Tries to sign in, sign up or recover by network and window: the same in every process.
CREATE TABLE sign_in_attempt (
    sha256       bytea       NOT NULL CHECK (length(sha256) = 32),
    window_start timestamptz NOT NULL,
    attempts     int         NOT NULL CHECK (attempts > 0),
    PRIMARY KEY (sha256, window_start)
);
CREATE INDEX sign_in_attempt_window ON sign_in_attempt (window_start);
COMMENT ON COLUMN sign_in_attempt.sha256 IS 'of what is counted, such as a network; forgotten an hour after its window';
