-- Devices that ask to be signed in by a browser elsewhere (as RFC 8628); of their secret only its SHA-256 is kept.
CREATE TABLE device_login (
    id            uuid        PRIMARY KEY,
    user_code     text        NOT NULL CHECK (user_code ~ '^[BCDFGHJKLMNPQRSTVWXZ]{8}$'),
    sha256        bytea       NOT NULL UNIQUE CHECK (length(sha256) = 32),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    network       text        NOT NULL CHECK (length(network) BETWEEN 1 AND 64),
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL CHECK (expires_at > created_at),
    last_asked_at timestamptz,
    state         text        NOT NULL CHECK (state IN ('PENDING', 'APPROVED', 'DENIED', 'USED')),
    person_id     uuid        REFERENCES person (id),
    signed_in     text        CHECK (length(signed_in) <= 2000),
    CHECK ((state = 'PENDING') = (person_id IS NULL))
);
-- A code names one device while it waits.
CREATE UNIQUE INDEX device_login_code ON device_login (user_code) WHERE state = 'PENDING';
CREATE INDEX device_login_network ON device_login (network, created_at);

-- Wrong codes that somebody typed, to slow down guessing.
CREATE TABLE device_code_failure (
    person_id    uuid        PRIMARY KEY REFERENCES person (id),
    failures     int         NOT NULL CHECK (failures > 0),
    last_failure timestamptz NOT NULL
);
