-- What reviewers write, each about one proposal. What is sent to somebody else stays even where the assignment ends.
CREATE TABLE review (
    proposal_id    uuid        NOT NULL REFERENCES proposal (id),
    person_id      uuid        NOT NULL REFERENCES person (id),
    number         int         NOT NULL CHECK (number >= 1),
    comments       text        CHECK (length(comments) BETWEEN 1 AND 10000),
    confidential   text        CHECK (length(confidential) BETWEEN 1 AND 10000),
    recommendation text        CHECK (recommendation IN ('AWARD', 'AWARD_WITH_CHANGES', 'DECLINE')),
    confidence     text        CHECK (confidence IN ('LOW', 'MEDIUM', 'HIGH')),
    changed_at     timestamptz NOT NULL,
    submitted_at   timestamptz,
    version        int         NOT NULL DEFAULT 1,
    PRIMARY KEY (proposal_id, person_id),
    UNIQUE (proposal_id, number),
    CHECK (submitted_at IS NULL OR num_nulls(comments, recommendation, confidence) = 0)
);
COMMENT ON COLUMN review.number IS 'what applicants know it by, who do not learn whose it is';
COMMENT ON COLUMN review.submitted_at IS 'null while it is a draft that only its reviewer sees';
CREATE INDEX review_person ON review (person_id);

CREATE TABLE review_score (
    proposal_id uuid          NOT NULL,
    person_id   uuid          NOT NULL,
    criterion   text          NOT NULL CHECK (criterion IN ('EXCELLENCE', 'IMPACT', 'IMPLEMENTATION')),
    score       numeric(5, 1) NOT NULL CHECK (score BETWEEN 0 AND 1000),
    PRIMARY KEY (proposal_id, person_id, criterion),
    FOREIGN KEY (proposal_id, person_id) REFERENCES review (proposal_id, person_id)
);
COMMENT ON COLUMN review_score.score IS 'on the scale of the rules that the proposal was submitted under';

-- What reviewers and officers were told about reviews that do not come, once for each deadline.
CREATE TABLE review_reminder (
    proposal_id uuid        NOT NULL REFERENCES proposal (id),
    person_id   uuid        NOT NULL REFERENCES person (id),
    kind        text        NOT NULL CHECK (kind IN ('SOON', 'OVERDUE', 'ESCALATED')),
    due_at      timestamptz NOT NULL,
    told_at     timestamptz NOT NULL,
    PRIMARY KEY (proposal_id, person_id, kind, due_at)
);
COMMENT ON COLUMN review_reminder.due_at IS 'the deadline that it was about: a later one begins anew';

-- The applicant's answer to the reviews, once within a time.
CREATE TABLE rebuttal (
    proposal_id uuid        PRIMARY KEY REFERENCES proposal (id),
    opened_at   timestamptz NOT NULL,
    until       timestamptz NOT NULL CHECK (until > opened_at),
    closed_at   timestamptz CHECK (closed_at >= opened_at),
    answer      text        CHECK (length(answer) BETWEEN 1 AND 10000),
    answered_by uuid        REFERENCES person (id),
    CHECK ((answer IS NULL) = (answered_by IS NULL)),
    CHECK (answer IS NULL OR closed_at IS NOT NULL)
);
COMMENT ON COLUMN rebuttal.closed_at IS 'when it was answered, or the time was over; null while the applicant may answer';
CREATE INDEX rebuttal_open ON rebuttal (until) WHERE closed_at IS NULL;

-- What the panel finds about one proposal.
CREATE TABLE panel_finding (
    proposal_id  uuid          PRIMARY KEY REFERENCES proposal (id),
    award        boolean,
    note         text          CHECK (length(note) BETWEEN 1 AND 4000),
    score        numeric(5, 1) CHECK (score BETWEEN 0 AND 1000),
    place        int           CHECK (place BETWEEN 1 AND 10000),
    changed_by   uuid          NOT NULL REFERENCES person (id),
    changed_at   timestamptz   NOT NULL,
    version      int           NOT NULL DEFAULT 1
);
COMMENT ON COLUMN panel_finding.award IS 'whether the panel is for it; null while it has not said';
COMMENT ON COLUMN panel_finding.place IS 'its place among those of its cut-off, 1 being the best';

-- How many GPU-hours there are to grant at a cut-off, in each partition of a call.
CREATE TABLE cut_off_hours (
    call_id          uuid        NOT NULL REFERENCES call (id),
    cut_off_at       timestamptz,
    partition        text        NOT NULL CHECK (length(partition) BETWEEN 1 AND 121),
    gpu_milliseconds bigint      NOT NULL CHECK (gpu_milliseconds >= 0),
    entered_by       uuid        NOT NULL REFERENCES person (id),
    entered_at       timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (call_id, cut_off_at, partition)
);
COMMENT ON COLUMN cut_off_hours.cut_off_at IS 'null where intake is rolling';

-- What the ranking says should be decided about one proposal; whoever decides reads it and is not bound by it.
CREATE TABLE decision_proposal (
    proposal_id      uuid        PRIMARY KEY REFERENCES proposal (id),
    award            boolean     NOT NULL,
    gpu_milliseconds bigint      CHECK (gpu_milliseconds >= 0),
    rank             int         NOT NULL CHECK (rank >= 1),
    ranked_by        text        NOT NULL CHECK (ranked_by IN ('RAW', 'CALIBRATED', 'PANEL')),
    score            numeric(6, 2),
    saved_by         uuid        NOT NULL REFERENCES person (id),
    saved_at         timestamptz NOT NULL,
    CHECK (award = (gpu_milliseconds IS NOT NULL))
);

-- That a proposal's reviews are over, so that nobody waits for them any more.
CREATE TABLE review_outcome (
    proposal_id uuid        PRIMARY KEY REFERENCES proposal (id),
    passed      boolean,
    ended_at    timestamptz NOT NULL
);
COMMENT ON COLUMN review_outcome.passed IS 'null where it left the step otherwise, such as by a withdrawal';
