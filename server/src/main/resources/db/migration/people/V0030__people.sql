CREATE TABLE person (
    id            uuid        PRIMARY KEY,
    email         text        NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) <= 254),
    name          text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    language      text        NOT NULL CHECK (language IN ('en', 'es', 'ca')),
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL,
    version       int         NOT NULL DEFAULT 1
);

CREATE TABLE centre_role (
    person_id  uuid        NOT NULL REFERENCES person (id),
    role       text        NOT NULL CHECK (role IN ('ADMINISTRATOR', 'ACCESS_OFFICER', 'OPERATOR', 'DATA_STEWARD', 'AUDITOR')),
    granted_by uuid        REFERENCES person (id),
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, role)
);
COMMENT ON COLUMN centre_role.granted_by IS 'null for the first administrator, who came by the set-up link';

CREATE TABLE organisation (
    id         uuid        PRIMARY KEY,
    name       text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    country    char(2)     NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    founded_on date,
    created_by uuid        NOT NULL REFERENCES person (id),
    created_at timestamptz NOT NULL,
    version    int         NOT NULL DEFAULT 1
);
COMMENT ON COLUMN organisation.founded_on IS 'date of incorporation, where declared';

CREATE TABLE membership (
    organisation_id uuid        NOT NULL REFERENCES organisation (id),
    person_id       uuid        NOT NULL REFERENCES person (id),
    role            text        NOT NULL CHECK (role IN ('OWNER', 'MEMBER')),
    since           timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, person_id)
);
CREATE INDEX membership_person ON membership (person_id);

CREATE TABLE api_token (
    id           uuid        PRIMARY KEY,
    person_id    uuid        NOT NULL REFERENCES person (id),
    name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    sha256       bytea       NOT NULL UNIQUE CHECK (length(sha256) = 32),
    scopes       text[]      NOT NULL CHECK (cardinality(scopes) > 0),
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL CHECK (expires_at > created_at),
    last_used_at timestamptz,
    revoked_at   timestamptz
);
CREATE INDEX api_token_person ON api_token (person_id, created_at);

-- Failed sign-ins, to slow down guessing; one row an address that was tried.
CREATE TABLE sign_in_failure (
    email        text        PRIMARY KEY,
    failures     int         NOT NULL,
    last_failure timestamptz NOT NULL
);
