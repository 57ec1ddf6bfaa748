CREATE TABLE proposal (
    id                       uuid        PRIMARY KEY,
    code                     text        NOT NULL UNIQUE CHECK (code ~ '^[A-Z]{2,6}-[0-9]{4}-[0-9]{4,}$'),
    call_id                  uuid        NOT NULL REFERENCES call (id),
    organisation_id          uuid        NOT NULL REFERENCES organisation (id),
    created_by               uuid        NOT NULL REFERENCES person (id),
    created_at               timestamptz NOT NULL,
    edited_at                timestamptz NOT NULL,
    state                    text        NOT NULL CHECK (state IN ('DRAFT', 'SUBMITTED', 'AWARDED', 'DECLINED', 'WITHDRAWN')),
    -- the answers
    title                    text        CHECK (length(title) BETWEEN 1 AND 200),
    abstract                 text        CHECK (length(abstract) BETWEEN 1 AND 2000),
    gpu_milliseconds         bigint      CHECK (gpu_milliseconds >= 0),
    cpu_milliseconds         bigint      CHECK (cpu_milliseconds >= 0),
    duration_months          int         CHECK (duration_months BETWEEN 1 AND 120),
    civilian_use             boolean,
    no_prohibited_practice   boolean,
    personal_data            boolean,
    -- the submission
    submitted_at             timestamptz,
    submitted_by             uuid        REFERENCES person (id),
    rules_version            int,
    findings                 jsonb,
    due_at                   timestamptz CHECK (due_at > submitted_at),
    -- the decision
    decided_at               timestamptz CHECK (decided_at >= submitted_at),
    decided_by               uuid        REFERENCES person (id),
    decision_reason          text        CHECK (length(decision_reason) BETWEEN 1 AND 2000),
    awarded_gpu_milliseconds bigint      CHECK (awarded_gpu_milliseconds BETWEEN 0 AND gpu_milliseconds),
    awarded_cpu_milliseconds bigint      CHECK (awarded_cpu_milliseconds BETWEEN 0 AND cpu_milliseconds),
    award_ends_at            timestamptz CHECK (award_ends_at > decided_at),
    project_id               uuid        REFERENCES project (id),
    withdrawn_at             timestamptz CHECK (withdrawn_at >= submitted_at),
    version                  int         NOT NULL DEFAULT 1,
    FOREIGN KEY (call_id, rules_version) REFERENCES call_rules (call_id, version),
    CHECK ((state = 'DRAFT') = (submitted_at IS NULL)),
    CHECK ((submitted_at IS NULL) = (submitted_by IS NULL)
        AND (submitted_at IS NULL) = (rules_version IS NULL)
        AND (submitted_at IS NULL) = (findings IS NULL)),
    CHECK (state = 'DRAFT' OR num_nulls(title, abstract, gpu_milliseconds, cpu_milliseconds, duration_months,
                                        civilian_use, no_prohibited_practice, personal_data) = 0),
    CHECK (state <> 'SUBMITTED' OR due_at IS NOT NULL),
    CHECK ((state IN ('AWARDED', 'DECLINED')) = (decided_at IS NOT NULL)),
    CHECK (decided_by IS NULL OR decision_reason IS NOT NULL),
    CHECK (state <> 'DECLINED' OR decided_by IS NOT NULL),
    CHECK ((state = 'AWARDED') = (num_nulls(project_id, awarded_gpu_milliseconds, awarded_cpu_milliseconds, award_ends_at) = 0)),
    CHECK ((state = 'WITHDRAWN') = (withdrawn_at IS NOT NULL))
);
COMMENT ON COLUMN proposal.findings IS 'what each rule answered at submission, with its reason: the evidence, kept as decided';
COMMENT ON COLUMN proposal.decided_by IS 'null where the rules decided';
COMMENT ON COLUMN proposal.due_at IS 'until when a person decides; null where the rules decided at once';
CREATE INDEX proposal_organisation ON proposal (organisation_id, id);
CREATE INDEX proposal_waiting ON proposal (due_at) WHERE state = 'SUBMITTED';

CREATE TABLE proposal_event (
    number      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id uuid        NOT NULL REFERENCES proposal (id),
    at          timestamptz NOT NULL,
    event       text        NOT NULL CHECK (event IN ('CREATED', 'SUBMITTED', 'PASSED_TO_OFFICER', 'AWARDED', 'DECLINED', 'WITHDRAWN')),
    person_id   uuid        REFERENCES person (id)
);
COMMENT ON COLUMN proposal_event.person_id IS 'who did it; null where the rules did';
CREATE INDEX proposal_event_proposal ON proposal_event (proposal_id, number);
CREATE TRIGGER proposal_event_append_only BEFORE UPDATE OR DELETE ON proposal_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_access_record();

-- The last number given out for each prefix and year; gaps do no harm.
CREATE TABLE proposal_number (
    prefix text NOT NULL,
    year   int  NOT NULL,
    last   int  NOT NULL,
    PRIMARY KEY (prefix, year)
);
