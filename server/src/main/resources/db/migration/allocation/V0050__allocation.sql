CREATE TABLE project (
    id                    uuid        PRIMARY KEY,
    slug                  text        NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 60),
    name                  text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    organisation_id       uuid        NOT NULL REFERENCES organisation (id),
    opened_by_proposal_id uuid        NOT NULL UNIQUE,
    opened_at             timestamptz NOT NULL
);
COMMENT ON COLUMN project.opened_by_proposal_id IS 'the award that opened it: one award opens one project, however often it is told';
CREATE INDEX project_organisation ON project (organisation_id);

CREATE TABLE project_member (
    project_id uuid        NOT NULL REFERENCES project (id),
    person_id  uuid        NOT NULL REFERENCES person (id),
    role       text        NOT NULL CHECK (role IN ('LEAD', 'MEMBER')),
    since      timestamptz NOT NULL,
    PRIMARY KEY (project_id, person_id)
);
CREATE INDEX project_member_person ON project_member (person_id);
CREATE UNIQUE INDEX project_member_one_lead ON project_member (project_id) WHERE role = 'LEAD';

CREATE TABLE allocation (
    id               uuid        PRIMARY KEY,
    project_id       uuid        NOT NULL REFERENCES project (id),
    cluster          text        NOT NULL CHECK (length(cluster) BETWEEN 1 AND 100),
    gpu_milliseconds bigint      NOT NULL CHECK (gpu_milliseconds >= 0),
    cpu_milliseconds bigint      NOT NULL CHECK (cpu_milliseconds >= 0),
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL CHECK (ends_at > starts_at),
    proposal_id      uuid        NOT NULL UNIQUE,
    proposal_code    text        NOT NULL CHECK (length(proposal_code) BETWEEN 1 AND 50),
    call_title       text        NOT NULL CHECK (length(call_title) BETWEEN 1 AND 200)
);
COMMENT ON COLUMN allocation.gpu_milliseconds IS 'GPU-hours awarded, in milliseconds of one accelerator';
COMMENT ON COLUMN allocation.cpu_milliseconds IS 'CPU-hours awarded, in milliseconds of one processor core';
CREATE INDEX allocation_project ON allocation (project_id);

-- Suspensions are kept after they were lifted: whoever wonders why jobs stood still in May finds the reason.
CREATE TABLE allocation_suspension (
    allocation_id uuid        NOT NULL REFERENCES allocation (id),
    since         timestamptz NOT NULL,
    reason        text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
    suspended_by  uuid        NOT NULL REFERENCES person (id),
    lifted_at     timestamptz CHECK (lifted_at >= since),
    lifted_by     uuid        REFERENCES person (id) CHECK ((lifted_by IS NULL) = (lifted_at IS NULL)),
    PRIMARY KEY (allocation_id, since)
);
CREATE UNIQUE INDEX allocation_suspension_one_in_force ON allocation_suspension (allocation_id) WHERE lifted_at IS NULL;
