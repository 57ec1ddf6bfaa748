-- Programs that act for an organisation: persons on record like others, but nobody signs in as one.
CREATE TABLE service_account (
    person_id       uuid        PRIMARY KEY REFERENCES person (id),
    organisation_id uuid        NOT NULL REFERENCES organisation (id),
    purpose         text        NOT NULL CHECK (length(purpose) BETWEEN 1 AND 500),
    created_by      uuid        NOT NULL REFERENCES person (id) CHECK (created_by <> person_id),
    created_at      timestamptz NOT NULL,
    closed_by       uuid        REFERENCES person (id),
    closed_at       timestamptz CHECK (closed_at >= created_at),
    CHECK ((closed_at IS NULL) = (closed_by IS NULL))
);
CREATE INDEX service_account_organisation ON service_account (organisation_id) WHERE closed_at IS NULL;
