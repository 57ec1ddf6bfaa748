-- One-time links by mail: to a new password, to prove an address, to take another one.
CREATE TABLE account_link (
    sha256     bytea       PRIMARY KEY CHECK (length(sha256) = 32),
    person_id  uuid        NOT NULL REFERENCES person (id),
    purpose    text        NOT NULL CHECK (purpose IN ('RECOVERY', 'VERIFICATION', 'CHANGE')),
    email      text        NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    used_at    timestamptz
);
CREATE INDEX account_link_person ON account_link (person_id, purpose);
CREATE INDEX account_link_expires_at ON account_link (expires_at);
COMMENT ON COLUMN account_link.email IS 'where the link was sent, which whoever uses it has shown to read';

-- Which address somebody has shown to read; another address of theirs is not proved by it.
CREATE TABLE verified_email (
    person_id   uuid        PRIMARY KEY REFERENCES person (id),
    email       text        NOT NULL,
    verified_at timestamptz NOT NULL
);

-- Requests by hour, for what strangers may do only so often; the same in every process.
CREATE TABLE hourly_count (
    kind       text        NOT NULL CHECK (kind IN ('recovery-address', 'recovery-network')),
    subject    text        NOT NULL CHECK (length(subject) <= 100),
    hour_start timestamptz NOT NULL,
    requests   int         NOT NULL CHECK (requests > 0),
    PRIMARY KEY (kind, subject, hour_start)
);

-- Browsers that somebody signed in with before, by a random cookie's hash: from another one they are told.
CREATE TABLE known_browser (
    person_id     uuid        NOT NULL REFERENCES person (id),
    sha256        bytea       NOT NULL CHECK (length(sha256) = 32),
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    PRIMARY KEY (person_id, sha256)
);
