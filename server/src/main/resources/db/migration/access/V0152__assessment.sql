ALTER TABLE proposal ADD COLUMN sector text CHECK (sector ~ '^[a-z][a-z-]{0,49}$');
CREATE INDEX proposal_sector ON proposal (sector, id) WHERE state <> 'DRAFT';
CREATE INDEX proposal_call_submitted ON proposal (call_id, id) WHERE state <> 'DRAFT';

-- Advice to whoever decides; the last word of each person.
CREATE TABLE proposal_assessment (
    proposal_id    uuid        NOT NULL REFERENCES proposal (id),
    person_id      uuid        NOT NULL REFERENCES person (id),
    recommendation text        NOT NULL CHECK (recommendation IN ('AWARD', 'DECLINE')),
    reason         text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 5000),
    at             timestamptz NOT NULL,
    PRIMARY KEY (proposal_id, person_id)
);
