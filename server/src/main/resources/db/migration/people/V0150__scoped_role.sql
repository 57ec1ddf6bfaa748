-- Rights over one thing, such as one call, for a time; what was given stays on record.
CREATE TABLE scoped_role (
    id           uuid        PRIMARY KEY,
    person_id    uuid        NOT NULL REFERENCES person (id),
    kind         text        NOT NULL CHECK (kind IN ('ASSESSOR', 'COORDINATOR')),
    scope        text        NOT NULL CHECK (length(scope) BETWEEN 1 AND 100 AND scope !~ '\s'),
    granted_by   uuid        NOT NULL REFERENCES person (id) CHECK (granted_by <> person_id),
    granted_at   timestamptz NOT NULL,
    until        timestamptz NOT NULL CHECK (until > granted_at),
    withdrawn_by uuid        REFERENCES person (id),
    withdrawn_at timestamptz CHECK (withdrawn_at >= granted_at),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
COMMENT ON COLUMN scoped_role.scope IS 'of an assessor the identifier of the call, of a coordinator the code of the sector';
-- One at a time: a later grant of the same takes the place of the one before.
CREATE UNIQUE INDEX scoped_role_held ON scoped_role (person_id, kind, scope) WHERE withdrawn_at IS NULL;
