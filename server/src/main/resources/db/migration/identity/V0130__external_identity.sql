-- Who people are at OpenID Connect providers: issuer and subject name one person for ever, all else may change.
CREATE TABLE external_identity (
    id                uuid        PRIMARY KEY,
    person_id         uuid        NOT NULL REFERENCES person (id),
    provider          text        NOT NULL CHECK (provider ~ '^[a-z0-9][a-z0-9-]{0,29}$'),
    issuer            text        NOT NULL CHECK (length(issuer) BETWEEN 1 AND 2000),
    subject           text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    email             text        CHECK (length(email) <= 255),
    community_id      text        CHECK (length(community_id) <= 255),
    home_organisation text        CHECK (length(home_organisation) <= 255),
    affiliations      text[]      NOT NULL DEFAULT '{}',
    assurance         text[]      NOT NULL DEFAULT '{}',
    acr               text        CHECK (length(acr) <= 255),
    centre_roles      text[]      NOT NULL DEFAULT '{}'
        CHECK (centre_roles <@ ARRAY['ADMINISTRATOR', 'ACCESS_OFFICER', 'OPERATOR', 'DATA_STEWARD', 'AUDITOR']),
    linked_at         timestamptz NOT NULL,
    last_used_at      timestamptz NOT NULL CHECK (last_used_at >= linked_at),
    UNIQUE (issuer, subject)
);
COMMENT ON COLUMN external_identity.provider IS 'the name in the settings by which the person last came';
COMMENT ON COLUMN external_identity.centre_roles IS 'by the claims of the last sign-in; good in sessions that began there';
CREATE INDEX external_identity_person ON external_identity (person_id);
CREATE INDEX external_identity_roles ON external_identity (last_used_at DESC, id) WHERE cardinality(centre_roles) > 0;

-- Sessions at a provider, so that a sign-out there which names only its session finds whose it was.
CREATE TABLE external_session (
    issuer    text        NOT NULL,
    sid       text        NOT NULL CHECK (length(sid) BETWEEN 1 AND 255),
    person_id uuid        NOT NULL REFERENCES person (id),
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, sid)
);
CREATE INDEX external_session_opened ON external_session (opened_at);

-- Logout tokens that were obeyed, until they are out of time: each counts once.
CREATE TABLE logout_token_seen (
    issuer     text        NOT NULL,
    jti        text        NOT NULL CHECK (length(jti) BETWEEN 1 AND 255),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, jti)
);

-- Whether an organisation's owners let a provider's claims make members of it; without a row nobody decided yet, and none may.
CREATE TABLE organisation_provider (
    organisation_id uuid        NOT NULL REFERENCES organisation (id),
    provider        text        NOT NULL CHECK (provider ~ '^[a-z0-9][a-z0-9-]{0,29}$'),
    allowed         boolean     NOT NULL,
    decided_by      uuid        NOT NULL REFERENCES person (id),
    decided_at      timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, provider)
);

-- How whoever made a token had signed in: roles that need more than a password need it of the token as well.
ALTER TABLE api_token ADD COLUMN signed_in text CHECK (length(signed_in) <= 2000);
