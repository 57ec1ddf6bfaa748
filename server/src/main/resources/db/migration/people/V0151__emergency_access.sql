-- Break-glass access: a role for an hour or so, told to others at once and reviewed by another person afterwards.
CREATE TABLE emergency_access (
    id          uuid        PRIMARY KEY,
    person_id   uuid        NOT NULL REFERENCES person (id),
    role        text        NOT NULL CHECK (role IN ('ADMINISTRATOR', 'ACCESS_OFFICER', 'OPERATOR', 'DATA_STEWARD')),
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    opened_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > opened_at AND expires_at <= opened_at + interval '4 hours'),
    closed_at   timestamptz CHECK (closed_at >= opened_at),
    verdict     text        CHECK (verdict IN ('JUSTIFIED', 'NOT_JUSTIFIED')),
    review_note text        CHECK (length(review_note) BETWEEN 1 AND 2000),
    reviewed_by uuid        REFERENCES person (id) CHECK (reviewed_by <> person_id),
    reviewed_at timestamptz CHECK (reviewed_at >= opened_at),
    CHECK (num_nulls(verdict, review_note, reviewed_by, reviewed_at) IN (0, 4))
);
CREATE INDEX emergency_access_person ON emergency_access (person_id) WHERE closed_at IS NULL;
CREATE INDEX emergency_access_unreviewed ON emergency_access (opened_at) WHERE reviewed_at IS NULL;

-- Every request that was made with it, for the reviewer.
CREATE TABLE emergency_use (
    number    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    access_id uuid        NOT NULL REFERENCES emergency_access (id),
    at        timestamptz NOT NULL,
    method    text        NOT NULL CHECK (length(method) <= 20),
    path      text        NOT NULL CHECK (length(path) <= 500),
    status    int         NOT NULL
);
CREATE INDEX emergency_use_access ON emergency_use (access_id, number);
