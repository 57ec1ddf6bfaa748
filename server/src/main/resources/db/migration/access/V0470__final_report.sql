-- What an award's project found, which is owed within three months after its last allocation's end.
CREATE TABLE final_report (
    proposal_id            uuid        PRIMARY KEY REFERENCES proposal (id),
    state                  text        NOT NULL DEFAULT 'OWED' CHECK (state IN ('OWED', 'SUBMITTED', 'RETURNED', 'ACCEPTED')),
    ends_at                timestamptz NOT NULL,
    due_at                 timestamptz NOT NULL CHECK (due_at > ends_at),
    reminded               text        CHECK (reminded IN ('MONTH', 'WEEK', 'OVERDUE')),
    results                text        CHECK (length(results) BETWEEN 1 AND 10000),
    publications           text        CHECK (length(publications) BETWEEN 1 AND 5000),
    outputs                text        CHECK (length(outputs) BETWEEN 1 AND 5000),
    problems               text        CHECK (length(problems) BETWEEN 1 AND 5000),
    feedback               text        CHECK (length(feedback) BETWEEN 1 AND 5000),
    summary                text        CHECK (length(summary) BETWEEN 1 AND 2000),
    publish                boolean,
    edited_by              uuid        REFERENCES person (id),
    edited_at              timestamptz,
    submitted_by           uuid        REFERENCES person (id),
    submitted_at           timestamptz,
    hours                  jsonb,
    decided_by             uuid        REFERENCES person (id),
    decided_at             timestamptz CHECK (decided_at >= submitted_at),
    note                   text        CHECK (length(note) BETWEEN 1 AND 2000),
    version                int         NOT NULL DEFAULT 1,
    CHECK ((edited_by IS NULL) = (edited_at IS NULL)),
    CHECK ((submitted_by IS NULL) = (submitted_at IS NULL) AND (submitted_by IS NULL) = (hours IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (state = 'OWED' OR (submitted_at IS NOT NULL AND results IS NOT NULL AND publish IS NOT NULL)),
    CHECK (state NOT IN ('RETURNED', 'ACCEPTED') OR decided_at IS NOT NULL),
    CHECK (state <> 'RETURNED' OR note IS NOT NULL),
    CHECK (publish IS NOT TRUE OR state = 'OWED' OR summary IS NOT NULL)
);
COMMENT ON COLUMN final_report.ends_at IS 'when the last allocation of the award ends; follows its extensions';
COMMENT ON COLUMN final_report.due_at IS 'the end of the last day on which it is in time, Europe/Brussels; later where it was returned';
COMMENT ON COLUMN final_report.reminded IS 'the last reminder that was sent for this due date';
COMMENT ON COLUMN final_report.hours IS 'what was granted and used on each cluster, as the record said when it was submitted';
COMMENT ON COLUMN final_report.publish IS 'whether the centre may publish the summary';
CREATE INDEX final_report_due ON final_report (due_at) WHERE state IN ('OWED', 'RETURNED');
CREATE INDEX final_report_submitted ON final_report (submitted_at) WHERE state = 'SUBMITTED';

-- What still runs owes one; of what was over before there were reports nobody was told to write any.
INSERT INTO final_report (proposal_id, ends_at, due_at)
SELECT p.id, p.award_ends_at,
       ((((p.award_ends_at - interval '1 second') AT TIME ZONE 'Europe/Brussels')::date + interval '3 months')::date + 1)
           ::timestamp AT TIME ZONE 'Europe/Brussels'
FROM proposal p WHERE p.state = 'AWARDED' AND p.award_ends_at > now();

-- An older process would award without one.
UPDATE schema_floor SET version = greatest(version, 470);
