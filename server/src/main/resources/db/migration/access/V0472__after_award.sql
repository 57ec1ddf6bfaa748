-- What holds for awards of a call after they were made; each change is a further version.
CREATE TABLE award_terms (
    call_id                uuid        NOT NULL REFERENCES call (id),
    version                int         NOT NULL CHECK (version >= 1),
    give_back_at_once      boolean     NOT NULL,
    most_extension_months  int         NOT NULL CHECK (most_extension_months BETWEEN 0 AND 60),
    most_supplement_percent int        NOT NULL CHECK (most_supplement_percent BETWEEN 0 AND 1000),
    most_renewals          int         NOT NULL CHECK (most_renewals BETWEEN 0 AND 20),
    rates                  jsonb       NOT NULL,
    set_by                 uuid        NOT NULL REFERENCES person (id),
    set_at                 timestamptz NOT NULL,
    PRIMARY KEY (call_id, version)
);
COMMENT ON TABLE award_terms IS 'calls without a row have the terms that stand in AwardTerms';
COMMENT ON COLUMN award_terms.rates IS 'from which cluster to which hours may be moved, and how many hours there one hour here is';

-- What a project's lead asks for an allocation, and what became of it.
CREATE TABLE allocation_request (
    id               uuid        PRIMARY KEY,
    allocation_id    uuid        NOT NULL REFERENCES allocation (id),
    proposal_id      uuid        REFERENCES proposal (id),
    kind             text        NOT NULL CHECK (kind IN ('EXTEND', 'SUPPLEMENT', 'TRANSFER', 'RENEW', 'GIVE_BACK', 'SUSPEND', 'RESUME')),
    state            text        NOT NULL CHECK (state IN ('ASKED', 'GRANTED', 'DECLINED', 'WITHDRAWN')),
    gpu_milliseconds bigint      NOT NULL DEFAULT 0 CHECK (gpu_milliseconds >= 0),
    cpu_milliseconds bigint      NOT NULL DEFAULT 0 CHECK (cpu_milliseconds >= 0),
    months           int         CHECK (months BETWEEN 1 AND 120),
    cluster          text        CHECK (length(cluster) BETWEEN 1 AND 100),
    ends             boolean     NOT NULL DEFAULT false,
    reason           text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    asked_by         uuid        NOT NULL REFERENCES person (id),
    asked_at         timestamptz NOT NULL,
    due_at           timestamptz NOT NULL,
    decided_by       uuid        REFERENCES person (id),
    decided_at       timestamptz CHECK (decided_at >= asked_at),
    note             text        CHECK (length(note) BETWEEN 1 AND 2000),
    told_overdue     boolean     NOT NULL DEFAULT false,
    CHECK ((state = 'ASKED') = (decided_at IS NULL)),
    CHECK (state <> 'DECLINED' OR (decided_by IS NOT NULL AND note IS NOT NULL)),
    CHECK ((kind IN ('EXTEND', 'RENEW')) = (months IS NOT NULL)),
    CHECK ((kind = 'TRANSFER') = (cluster IS NOT NULL)),
    CHECK (kind = 'GIVE_BACK' OR NOT ends)
);
COMMENT ON COLUMN allocation_request.gpu_milliseconds IS 'what is asked for while it is asked, what was granted once it is';
COMMENT ON COLUMN allocation_request.ends IS 'whether the allocation ends with what is given back';
COMMENT ON COLUMN allocation_request.decided_by IS 'null where the rules of the call let it happen at once, or it was withdrawn';
CREATE UNIQUE INDEX allocation_request_once ON allocation_request (allocation_id, kind) WHERE state = 'ASKED';
CREATE INDEX allocation_request_allocation ON allocation_request (allocation_id, asked_at);
CREATE INDEX allocation_request_open ON allocation_request (due_at, id) WHERE state = 'ASKED';

-- What an award is bound to; the applicant accepts it with the award.
CREATE TABLE award_condition (
    proposal_id    uuid        NOT NULL REFERENCES proposal (id),
    number         int         NOT NULL CHECK (number BETWEEN 1 AND 20),
    text           text        NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    due_on         date        NOT NULL,
    accepted_by    uuid        REFERENCES person (id),
    accepted_at    timestamptz,
    fulfilled_by   uuid        REFERENCES person (id),
    fulfilled_at   timestamptz CHECK (fulfilled_at >= accepted_at),
    note           text        CHECK (length(note) BETWEEN 1 AND 2000),
    told_overdue   boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (proposal_id, number),
    CHECK ((accepted_by IS NULL) = (accepted_at IS NULL)),
    CHECK ((fulfilled_by IS NULL) = (fulfilled_at IS NULL)),
    CHECK (fulfilled_by IS NULL OR (accepted_by IS NOT NULL AND note IS NOT NULL))
);
COMMENT ON COLUMN award_condition.fulfilled_by IS 'the access officer who saw it fulfilled';
CREATE INDEX award_condition_open ON award_condition (due_on) WHERE fulfilled_at IS NULL;

-- What happened to a final report.
CREATE TABLE final_report_event (
    number      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id uuid        NOT NULL REFERENCES final_report (proposal_id),
    at          timestamptz NOT NULL,
    event       text        NOT NULL CHECK (event IN ('SUBMITTED', 'RETURNED', 'ACCEPTED')),
    person_id   uuid        NOT NULL REFERENCES person (id),
    note        text        CHECK (length(note) BETWEEN 1 AND 2000)
);
CREATE INDEX final_report_event_proposal ON final_report_event (proposal_id, number);
