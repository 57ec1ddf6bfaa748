-- Organisations that leave: from the first day nothing new begins; until the last one their people can still read and
-- take away what is theirs.
CREATE TABLE organisation_closing (
    organisation_id uuid        NOT NULL REFERENCES organisation (id),
    begun_at        timestamptz NOT NULL,
    begun_by        uuid        NOT NULL REFERENCES person (id),
    reason          text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
    closes_at       timestamptz NOT NULL CHECK (closes_at >= begun_at),
    called_off_at   timestamptz CHECK (called_off_at >= begun_at),
    called_off_by   uuid        REFERENCES person (id),
    closed_at       timestamptz CHECK (closed_at >= closes_at),
    PRIMARY KEY (organisation_id, begun_at),
    CHECK ((called_off_at IS NULL) = (called_off_by IS NULL)),
    CHECK (called_off_at IS NULL OR closed_at IS NULL)
);
CREATE UNIQUE INDEX organisation_closing_one ON organisation_closing (organisation_id) WHERE called_off_at IS NULL;
