-- The pool of experts who review proposals.
CREATE TABLE reviewer (
    person_id         uuid        PRIMARY KEY REFERENCES person (id),
    state             text        NOT NULL CHECK (state IN ('INVITED', 'ACTIVE', 'LEFT')),
    load_limit        int         NOT NULL CHECK (load_limit BETWEEN 1 AND 100),
    unavailable_until date,
    invited_by        uuid        NOT NULL REFERENCES person (id),
    invited_at        timestamptz NOT NULL,
    since             timestamptz NOT NULL CHECK (since >= invited_at),
    version           int         NOT NULL DEFAULT 1
);
COMMENT ON COLUMN reviewer.load_limit IS 'proposals of one round at most';
COMMENT ON COLUMN reviewer.unavailable_until IS 'the last day on which nothing new is assigned to them';
COMMENT ON COLUMN reviewer.since IS 'since when they are in this state';

CREATE TABLE reviewer_keyword (
    person_id uuid NOT NULL REFERENCES reviewer (person_id),
    keyword   text NOT NULL CHECK (length(keyword) BETWEEN 2 AND 60 AND keyword = lower(keyword)),
    PRIMARY KEY (person_id, keyword)
);
CREATE TABLE reviewer_sector (
    person_id uuid NOT NULL REFERENCES reviewer (person_id),
    sector    text NOT NULL CHECK (length(sector) BETWEEN 1 AND 40),
    PRIMARY KEY (person_id, sector)
);

-- What reviewers say themselves: they have an interest in an organisation, or in one proposal.
CREATE TABLE reviewer_declaration (
    id              uuid        PRIMARY KEY,
    person_id       uuid        NOT NULL REFERENCES reviewer (person_id),
    organisation    text        CHECK (length(organisation) BETWEEN 1 AND 200),
    proposal_id     uuid        REFERENCES proposal (id),
    reason          text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    declared_at     timestamptz NOT NULL,
    withdrawn_at    timestamptz CHECK (withdrawn_at >= declared_at),
    CHECK (num_nonnulls(organisation, proposal_id) = 1)
);
CREATE INDEX reviewer_declaration_person ON reviewer_declaration (person_id) WHERE withdrawn_at IS NULL;
CREATE INDEX reviewer_declaration_proposal ON reviewer_declaration (proposal_id) WHERE withdrawn_at IS NULL;
COMMENT ON COLUMN reviewer_declaration.organisation IS 'its name as typed: that it has an account here is not the reviewer''s to know';

-- Why a reviewer may not judge a proposal, as found; one row for each kind of reason. Forbids the pair while it is open.
CREATE TABLE review_conflict (
    id          uuid        PRIMARY KEY,
    proposal_id uuid        NOT NULL REFERENCES proposal (id),
    person_id   uuid        NOT NULL REFERENCES reviewer (person_id),
    kind        text        NOT NULL CHECK (kind IN (
        'ON_TEAM', 'SAME_ORGANISATION', 'PAST_ORGANISATION', 'SHARED_PROJECT', 'DECLARED')),
    subject_id  uuid        NOT NULL,
    until       timestamptz,
    found_at    timestamptz NOT NULL,
    state       text        NOT NULL CHECK (state IN ('OPEN', 'DISMISSED', 'WAIVED', 'RECUSED')),
    decided_by  uuid        REFERENCES person (id),
    decided_at  timestamptz CHECK (decided_at >= found_at),
    reason      text        CHECK (length(reason) BETWEEN 1 AND 2000),
    version     int         NOT NULL DEFAULT 1,
    UNIQUE (proposal_id, person_id, kind, subject_id),
    CHECK ((state = 'OPEN') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (reason IS NULL)),
    CHECK (kind <> 'ON_TEAM' OR state IN ('OPEN', 'RECUSED')),
    CHECK (decided_by <> person_id OR state = 'RECUSED')
);
COMMENT ON COLUMN review_conflict.subject_id IS 'what ties them: an organisation, a project, a declaration, or the proposal itself';
COMMENT ON COLUMN review_conflict.until IS 'when the tie ended; null where it holds';
CREATE INDEX review_conflict_person ON review_conflict (person_id);
CREATE INDEX review_conflict_open ON review_conflict (id) WHERE state = 'OPEN';

-- A round of assignment: what of a call is reviewed together. Kept with what its last run was given, so that it can be run again.
CREATE TABLE review_round (
    id             uuid        PRIMARY KEY,
    call_id        uuid        NOT NULL REFERENCES call (id),
    cut_off_at     timestamptz,
    seed           bigint      NOT NULL,
    conflict_years int         NOT NULL CHECK (conflict_years BETWEEN 0 AND 20),
    run_at         timestamptz NOT NULL,
    run_by         uuid        NOT NULL REFERENCES person (id),
    took_ms        bigint      NOT NULL CHECK (took_ms >= 0),
    objective      bigint      NOT NULL CHECK (objective >= 0),
    confirmed_at   timestamptz CHECK (confirmed_at >= run_at),
    confirmed_by   uuid        REFERENCES person (id),
    version        int         NOT NULL DEFAULT 1,
    UNIQUE NULLS NOT DISTINCT (call_id, cut_off_at),
    CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL))
);
COMMENT ON COLUMN review_round.cut_off_at IS 'the cut-off that the proposals were submitted for; null where intake is rolling';
COMMENT ON COLUMN review_round.objective IS 'the sum of the affinities that the last run reached, in millionths';

-- Who reviews what: each pair once, with what became of it.
CREATE TABLE review_assignment (
    proposal_id uuid        NOT NULL REFERENCES proposal (id),
    person_id   uuid        NOT NULL REFERENCES reviewer (person_id),
    round_id    uuid        NOT NULL REFERENCES review_round (id),
    state       text        NOT NULL CHECK (state IN ('PROPOSED', 'ACTIVE', 'DECLINED', 'RECUSED', 'RELEASED')),
    since       timestamptz NOT NULL,
    pinned      boolean     NOT NULL DEFAULT false,
    by_hand     boolean     NOT NULL DEFAULT false,
    affinity    int         NOT NULL CHECK (affinity BETWEEN 0 AND 1000000),
    explanation jsonb       NOT NULL,
    changed_by  uuid        REFERENCES person (id),
    reason      text        CHECK (length(reason) BETWEEN 1 AND 2000),
    PRIMARY KEY (proposal_id, person_id)
);
COMMENT ON COLUMN review_assignment.affinity IS 'in millionths of a perfect match';
COMMENT ON COLUMN review_assignment.changed_by IS 'who brought it into this state; null where a run did';
CREATE INDEX review_assignment_person ON review_assignment (person_id, proposal_id);
CREATE INDEX review_assignment_round ON review_assignment (round_id);
