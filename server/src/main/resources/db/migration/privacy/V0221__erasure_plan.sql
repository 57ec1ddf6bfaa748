-- Requests to be forgotten that reach the centre by letter or telephone: entered by an administrator, with how they came.
ALTER TABLE erasure_request
    ADD COLUMN reason     text  CHECK (length(reason) BETWEEN 1 AND 1000),
    ADD COLUMN redactions jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(redactions) = 'array'),
    ADD COLUMN result     jsonb CHECK (jsonb_typeof(result) = 'object'),
    ADD CHECK (result IS NULL OR done_at IS NOT NULL);
COMMENT ON COLUMN erasure_request.reason IS 'how it reached the centre, where an administrator entered it';
COMMENT ON COLUMN erasure_request.redactions IS 'places in free text that are to be redacted: "<text> <row>"; emptied when done';
COMMENT ON COLUMN erasure_request.result IS 'rows of each section when it was done, and how many places were redacted';
CREATE INDEX erasure_request_person ON erasure_request (person_id, asked_at DESC);

-- Where somebody is named in free text: found in the background, for a human to decide.
CREATE TABLE erasure_search (
    id        uuid        PRIMARY KEY,
    person_id uuid        NOT NULL REFERENCES person (id),
    asked_by  uuid        NOT NULL REFERENCES person (id),
    asked_at  timestamptz NOT NULL,
    ended_at  timestamptz CHECK (ended_at >= asked_at),
    findings  jsonb       CHECK (jsonb_typeof(findings) = 'array'),
    CHECK ((ended_at IS NULL) = (findings IS NULL))
);
COMMENT ON COLUMN erasure_search.findings IS 'excerpts that name the person: removed with the person, and after a month';
CREATE INDEX erasure_search_person ON erasure_search (person_id, asked_at DESC);
