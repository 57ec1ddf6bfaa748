-- What one has beside a password: an authenticator app's key, passkeys, and codes for the day they are lost.
CREATE TABLE totp (
    person_id     uuid        PRIMARY KEY REFERENCES person (id),
    sealed_secret bytea       NOT NULL,
    created_at    timestamptz NOT NULL,
    confirmed_at  timestamptz,
    last_step     bigint      NOT NULL DEFAULT 0
);
COMMENT ON COLUMN totp.sealed_secret IS 'AES-256-GCM under farga.secret-key; never the secret itself';
COMMENT ON COLUMN totp.confirmed_at IS 'null until its first code was typed: it is no factor before';
COMMENT ON COLUMN totp.last_step IS 'the last 30-second step whose code was used; that one and earlier ones are refused';

CREATE TABLE recovery_code (
    person_id uuid        NOT NULL REFERENCES person (id),
    sha256    bytea       NOT NULL CHECK (length(sha256) = 32),
    made_at   timestamptz NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (person_id, sha256)
);

CREATE TABLE passkey (
    id              uuid        PRIMARY KEY,
    person_id       uuid        NOT NULL REFERENCES person (id),
    name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    credential_id   bytea       NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 1 AND 1023),
    attested        bytea       NOT NULL,
    sign_count      bigint      NOT NULL CHECK (sign_count BETWEEN 0 AND 4294967295),
    backup_eligible boolean     NOT NULL,
    backed_up       boolean     NOT NULL CHECK (backup_eligible OR NOT backed_up),
    transports      text[]      NOT NULL,
    created_at      timestamptz NOT NULL,
    last_used_at    timestamptz,
    cloned_at       timestamptz
);
CREATE INDEX passkey_person ON passkey (person_id, created_at);
COMMENT ON COLUMN passkey.attested IS 'WebAuthn attested credential data: AAGUID, credential id, COSE public key';
COMMENT ON COLUMN passkey.cloned_at IS 'when its counter ran backwards, as only a copy''s does; it signs nobody in since';

CREATE TABLE second_factor_failure (
    person_id    uuid        PRIMARY KEY REFERENCES person (id),
    failures     int         NOT NULL CHECK (failures > 0),
    last_failure timestamptz NOT NULL
);

CREATE TABLE second_factor_asked (
    person_id uuid        PRIMARY KEY REFERENCES person (id),
    since     timestamptz NOT NULL
);
COMMENT ON TABLE second_factor_asked IS 'since when somebody with a role at the centre knows that it needs a second factor';

CREATE TABLE factor_reset (
    id           uuid        PRIMARY KEY,
    person_id    uuid        NOT NULL REFERENCES person (id),
    reason       text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    requested_by uuid        NOT NULL REFERENCES person (id),
    requested_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at > requested_at),
    decided_by   uuid        REFERENCES person (id),
    decided_at   timestamptz,
    granted      boolean,
    CHECK (decided_by IS NULL OR decided_by <> requested_by OR NOT granted),
    CHECK (person_id <> requested_by),
    CHECK ((decided_at IS NULL) = (granted IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX factor_reset_open ON factor_reset (person_id) WHERE decided_at IS NULL;
