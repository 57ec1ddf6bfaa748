-- Where an applicant may be sent whom the centre has no hours for.
CREATE TABLE referral (
    id      uuid        PRIMARY KEY,
    name    text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    text    text        NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    contact text        NOT NULL CHECK (length(contact) BETWEEN 1 AND 300),
    active  boolean     NOT NULL DEFAULT true,
    set_by  uuid        NOT NULL REFERENCES person (id),
    set_at  timestamptz NOT NULL
);
CREATE UNIQUE INDEX referral_name ON referral (lower(name));

-- What was refused only because there are not enough hours, and what the applicant chose.
CREATE TABLE proposal_no_room (
    proposal_id      uuid        NOT NULL REFERENCES proposal (id),
    at               timestamptz NOT NULL,
    asked_gpu_milliseconds bigint NOT NULL CHECK (asked_gpu_milliseconds >= 0),
    asked_cpu_milliseconds bigint NOT NULL CHECK (asked_cpu_milliseconds >= 0),
    left_gpu_milliseconds bigint NOT NULL CHECK (left_gpu_milliseconds BETWEEN 0 AND asked_gpu_milliseconds),
    left_cpu_milliseconds bigint NOT NULL CHECK (left_cpu_milliseconds BETWEEN 0 AND asked_cpu_milliseconds),
    referral_id      uuid        REFERENCES referral (id),
    choice           text        CHECK (choice IN ('WAIT', 'SHRINK', 'REFER')),
    chosen_by        uuid        REFERENCES person (id),
    chosen_at        timestamptz CHECK (chosen_at >= at),
    PRIMARY KEY (proposal_id, at),
    CHECK ((choice IS NULL) = (chosen_at IS NULL) AND (choice IS NULL) = (chosen_by IS NULL)),
    CHECK (choice IS DISTINCT FROM 'REFER' OR referral_id IS NOT NULL)
);
COMMENT ON COLUMN proposal_no_room.left_gpu_milliseconds IS 'what was left when it was refused, of what was asked for';

ALTER TABLE proposal DROP CONSTRAINT proposal_state_check, DROP CONSTRAINT proposal_decided_check;
ALTER TABLE proposal
    ADD CONSTRAINT proposal_state_check CHECK (state IN (
        'DRAFT', 'SUBMITTED', 'WAITING', 'OFFERED', 'NO_ROOM', 'QUEUED', 'AWARDED', 'DECLINED', 'WITHDRAWN')),
    ADD CONSTRAINT proposal_decided_check CHECK (CASE WHEN state IN ('OFFERED', 'NO_ROOM', 'QUEUED', 'AWARDED', 'DECLINED')
        THEN decided_at IS NOT NULL WHEN state = 'WITHDRAWN' THEN true ELSE decided_at IS NULL END),
    ADD CONSTRAINT proposal_no_room_check CHECK (state NOT IN ('NO_ROOM', 'QUEUED') OR decided_by IS NOT NULL),
    ADD CONSTRAINT proposal_no_room_due_check CHECK ((state = 'NO_ROOM') <= (due_at IS NOT NULL));
CREATE INDEX proposal_queue ON proposal (call_id, decided_at, id) WHERE state = 'QUEUED';
DROP INDEX proposal_waiting;
CREATE INDEX proposal_waiting ON proposal (due_at, id) WHERE state IN ('SUBMITTED', 'OFFERED', 'NO_ROOM');
DROP INDEX proposal_with_applicant;
CREATE INDEX proposal_with_applicant ON proposal (organisation_id) WHERE state IN ('WAITING', 'OFFERED', 'NO_ROOM');

ALTER TABLE proposal_event DROP CONSTRAINT proposal_event_event_check;
ALTER TABLE proposal_event ADD CONSTRAINT proposal_event_event_check CHECK (event IN (
    'CREATED', 'SUBMITTED', 'PASSED_TO_OFFICER', 'STEP_BEGUN', 'STEP_DONE', 'ASKED', 'ANSWERED', 'ESCALATED', 'OFFERED',
    'OFFER_ACCEPTED', 'OFFER_TURNED_DOWN', 'NO_ROOM', 'QUEUED', 'PASSED_OVER', 'SHRUNK', 'REFERRED', 'AWARDED', 'DECLINED',
    'WITHDRAWN'));

-- An older process knows neither states nor events.
UPDATE schema_floor SET version = greatest(version, 473);
