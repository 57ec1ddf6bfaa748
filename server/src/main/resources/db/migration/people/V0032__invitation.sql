-- Invitations into an organisation; of the token only its SHA-256 is kept.
CREATE TABLE invitation (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES organisation (id),
    email           text        NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
    role            text        NOT NULL CHECK (role IN ('OWNER', 'MEMBER')),
    sha256          bytea       NOT NULL UNIQUE CHECK (length(sha256) = 32),
    invited_by      uuid        NOT NULL REFERENCES person (id),
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL CHECK (expires_at > created_at),
    accepted_at     timestamptz,
    accepted_by     uuid        REFERENCES person (id),
    revoked_at      timestamptz,
    CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
    CHECK (accepted_at IS NULL OR revoked_at IS NULL)
);
-- A new invitation to the same address takes the place of the one before.
CREATE UNIQUE INDEX invitation_open ON invitation (organisation_id, email)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitation_email ON invitation (email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
