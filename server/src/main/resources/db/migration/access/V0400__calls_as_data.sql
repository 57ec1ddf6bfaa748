-- Calls of all access modes. A call is prepared before it is published; what there was, was published when it opened.
ALTER TABLE call ADD COLUMN published_at timestamptz;
COMMENT ON COLUMN call.published_at IS 'since when everybody sees it; null while access officers prepare it';
UPDATE call SET published_at = opens_at;
ALTER TABLE call DROP CONSTRAINT call_mode_check;
ALTER TABLE call ADD CONSTRAINT call_mode_check CHECK (mode IN (
    'PLAYGROUND', 'FAST_LANE', 'LARGE_SCALE', 'AI_FOR_SCIENCE', 'BENCHMARK', 'DEVELOPMENT', 'REGULAR', 'EXTREME_SCALE'));
CREATE INDEX call_published ON call (id) WHERE published_at IS NOT NULL;

-- Days on which the centre is closed besides weekends and public holidays.
CREATE TABLE closed_day (
    day        date        PRIMARY KEY,
    reason     text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    entered_by uuid        NOT NULL REFERENCES person (id),
    entered_at timestamptz NOT NULL
);

-- What forms ask besides, one text for each section.
CREATE TABLE proposal_section (
    proposal_id uuid NOT NULL REFERENCES proposal (id),
    section     text NOT NULL CHECK (section ~ '^[A-Z_]{1,40}$'),
    answer      text NOT NULL CHECK (length(answer) BETWEEN 1 AND 5000),
    PRIMARY KEY (proposal_id, section)
);

-- Steps of a call: where a proposal stands in them, and who held it.
ALTER TABLE proposal
    ADD COLUMN partition text CHECK (length(partition) BETWEEN 1 AND 121),
    ADD COLUMN cut_off_at timestamptz CHECK (cut_off_at > submitted_at),
    ADD COLUMN step text CHECK (step IN (
        'ADMINISTRATIVE_CHECK', 'TECHNICAL_ASSESSMENT', 'EXPERT_REVIEW', 'PANEL', 'DECISION', 'ACCEPTANCE')),
    ADD COLUMN offered_cluster text CHECK (length(offered_cluster) BETWEEN 1 AND 60),
    ADD COLUMN seen_rules_version int NOT NULL DEFAULT 1 CHECK (seen_rules_version >= 1);
COMMENT ON COLUMN proposal.partition IS 'where time is asked for, as cluster or cluster/partition; null for the only one of a call';
COMMENT ON COLUMN proposal.cut_off_at IS 'the cut-off that it was submitted for; null where intake was rolling';
COMMENT ON COLUMN proposal.due_at IS 'until when the step is to be done; computed from proposal_event at each event, kept for sorting only';
COMMENT ON COLUMN proposal.seen_rules_version IS 'the version of the rules that the people of a draft were shown';
-- Drafts were shown what was in force all the time.
UPDATE proposal p SET seen_rules_version = coalesce(p.rules_version, c.rules_version) FROM call c WHERE c.id = p.call_id;
UPDATE proposal SET step = 'DECISION' WHERE state = 'SUBMITTED';

-- The states that there are now. What said otherwise is found by what it says: it never had a name.
DO $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT conname FROM pg_constraint
        WHERE conrelid = 'proposal'::regclass AND contype = 'c'
          AND (conname = 'proposal_state_check'
            OR pg_get_constraintdef(oid) LIKE '%''DECLINED''%decided_at IS NOT NULL%')
    LOOP
        EXECUTE format('ALTER TABLE proposal DROP CONSTRAINT %I', old.conname);
    END LOOP;
END $$;
ALTER TABLE proposal
    ADD CONSTRAINT proposal_state_check CHECK (state IN (
        'DRAFT', 'SUBMITTED', 'WAITING', 'OFFERED', 'AWARDED', 'DECLINED', 'WITHDRAWN')),
    -- An offer that was turned down was decided and then withdrawn.
    ADD CONSTRAINT proposal_decided_check CHECK (CASE WHEN state IN ('OFFERED', 'AWARDED', 'DECLINED') THEN decided_at IS NOT NULL
        WHEN state = 'WITHDRAWN' THEN true ELSE decided_at IS NULL END),
    ADD CONSTRAINT proposal_waiting_check CHECK (state <> 'WAITING' OR (step IS NOT NULL AND due_at IS NULL)),
    ADD CONSTRAINT proposal_offered_check CHECK (state <> 'OFFERED' OR num_nulls(
        due_at, offered_cluster, awarded_gpu_milliseconds, awarded_cpu_milliseconds, decided_by) = 0);
DROP INDEX proposal_waiting;
CREATE INDEX proposal_waiting ON proposal (due_at, id) WHERE state IN ('SUBMITTED', 'OFFERED');
CREATE INDEX proposal_in_hand ON proposal (due_at, id) WHERE state = 'SUBMITTED';
CREATE INDEX proposal_with_applicant ON proposal (organisation_id) WHERE state IN ('WAITING', 'OFFERED');
CREATE INDEX proposal_submitted ON proposal (submitted_at) WHERE submitted_at IS NOT NULL;

ALTER TABLE proposal_event DROP CONSTRAINT proposal_event_event_check;
ALTER TABLE proposal_event
    ADD CONSTRAINT proposal_event_event_check CHECK (event IN (
        'CREATED', 'SUBMITTED', 'PASSED_TO_OFFICER', 'STEP_BEGUN', 'STEP_DONE', 'ASKED', 'ANSWERED', 'ESCALATED', 'OFFERED',
        'OFFER_ACCEPTED', 'OFFER_TURNED_DOWN', 'AWARDED', 'DECLINED', 'WITHDRAWN')),
    ADD COLUMN step text CHECK (step IN (
        'ADMINISTRATIVE_CHECK', 'TECHNICAL_ASSESSMENT', 'EXPERT_REVIEW', 'PANEL', 'DECISION', 'ACCEPTANCE')),
    ADD COLUMN result text CHECK (result IN ('PASSED', 'FAILED')),
    ADD COLUMN by_hand boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT proposal_event_step_check1 CHECK (event NOT IN ('STEP_BEGUN', 'STEP_DONE', 'ASKED', 'ANSWERED') OR step IS NOT NULL),
    ADD CONSTRAINT proposal_event_result_check1 CHECK ((event = 'STEP_DONE') = (result IS NOT NULL));
COMMENT ON COLUMN proposal_event.by_hand IS 'an access officer entered what experts should have found';

-- What was written with an event. Apart from the event itself, which is never changed: a name can be taken out of a text.
CREATE TABLE proposal_event_note (
    number bigint PRIMARY KEY REFERENCES proposal_event (number),
    note   text   NOT NULL CHECK (length(note) BETWEEN 1 AND 5000)
);

-- An older process knows one mode and one step.
UPDATE schema_floor SET version = greatest(version, 400);
