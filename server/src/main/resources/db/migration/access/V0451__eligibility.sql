-- What applicants say of each practice that the AI Act prohibits.
CREATE TABLE proposal_practice (
    proposal_id uuid        NOT NULL REFERENCES proposal (id),
    practice    text        NOT NULL CHECK (practice ~ '^[A-Z_]{1,40}$'),
    said        text        NOT NULL CHECK (said IN ('NO', 'YES', 'UNSURE')),
    said_by     uuid        NOT NULL REFERENCES person (id),
    said_at     timestamptz NOT NULL,
    PRIMARY KEY (proposal_id, practice)
);

-- Why an applicant asks for an exception from a rule that allows one.
CREATE TABLE proposal_exception (
    proposal_id   uuid        NOT NULL REFERENCES proposal (id),
    rule          text        NOT NULL CHECK (rule ~ '^[A-Z_]{1,40}$'),
    justification text        NOT NULL CHECK (length(justification) BETWEEN 1 AND 2000),
    asked_by      uuid        NOT NULL REFERENCES person (id),
    asked_at      timestamptz NOT NULL,
    PRIMARY KEY (proposal_id, rule)
);

-- What a person found where a rule could not tell, or expected otherwise; of several the last counts, the others stay.
CREATE TABLE finding_ruling (
    number      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id uuid        NOT NULL REFERENCES proposal (id),
    rule        text        NOT NULL CHECK (rule ~ '^[A-Z_]{1,40}$'),
    answer      text        NOT NULL CHECK (answer IN ('MET', 'NOT_MET')),
    reason      text        NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    evidence    text        CHECK (length(evidence) BETWEEN 1 AND 2000),
    decided_by  uuid        NOT NULL REFERENCES person (id),
    decided_at  timestamptz NOT NULL
);
COMMENT ON COLUMN finding_ruling.answer IS 'of a rule that allows exceptions: whether one is granted';
COMMENT ON COLUMN finding_ruling.evidence IS 'what was looked at, such as a document; null where the reason says it all';
CREATE INDEX finding_ruling_proposal ON finding_ruling (proposal_id, rule, number);

-- The legal entity that an organisation declares to be; the last one counts.
CREATE TABLE legal_entity (
    number          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES organisation (id),
    register        text        CHECK (length(register) BETWEEN 1 AND 200),
    entry           text        CHECK (length(entry) BETWEEN 1 AND 100),
    explanation     text        CHECK (length(explanation) BETWEEN 1 AND 2000),
    declared_by     uuid        NOT NULL REFERENCES person (id),
    declared_at     timestamptz NOT NULL,
    CHECK ((register IS NULL) = (entry IS NULL)),
    CHECK (register IS NOT NULL OR explanation IS NOT NULL)
);
COMMENT ON COLUMN legal_entity.entry IS 'the number or sheet that it stands under in the register';
CREATE INDEX legal_entity_organisation ON legal_entity (organisation_id, number);

-- What a call has awarded and offered is added up at each submission under a fund.
CREATE INDEX proposal_granted ON proposal (call_id) WHERE state IN ('OFFERED', 'AWARDED');

-- A new version of the rules that Farga came with and nobody changed: who owes a final report is not awarded again, and, where
-- a person looks at a proposal anyway, the legal entity is asked for; without a register's entry it may still apply.
WITH shipped AS (
    SELECT c.id, c.rules_version, r.parameters
    FROM call c JOIN call_rules r ON r.call_id = c.id AND r.version = c.rules_version
    WHERE r.decided_by IS NULL
      AND c.code IN ('PLAYGROUND', 'FAST-LANE', 'LARGE-SCALE', 'AI-FOR-SCIENCE', 'BENCHMARK', 'DEVELOPMENT', 'REGULAR', 'EXTREME-SCALE')
      AND NOT r.parameters -> 'rules' @> '[{"rule": "FINAL_REPORTS"}]'
      AND c.id::text LIKE '019aa000-0000-7000-8000-%'),
asked AS (
    INSERT INTO call_rules (call_id, version, since, parameters)
    SELECT s.id, s.rules_version + 1, now(), jsonb_set(s.parameters, '{rules}', (
        SELECT jsonb_agg(x.rule ORDER BY x.place, x.after) FROM (
            SELECT rule, place, 0 AS after FROM jsonb_array_elements(s.parameters -> 'rules') WITH ORDINALITY AS e (rule, place)
            UNION ALL
            SELECT '{"rule": "REGISTERED", "kind": "EXCEPTION"}', place, 1
            FROM jsonb_array_elements(s.parameters -> 'rules') WITH ORDINALITY AS e (rule, place)
            WHERE rule ->> 'rule' = 'ESTABLISHED' AND s.parameters -> 'awardAtOnce' = 'false'
            UNION ALL
            SELECT '{"rule": "FINAL_REPORTS", "kind": "MUST"}', 1000, 0) x))
    FROM shipped s)
UPDATE call c SET rules_version = c.rules_version + 1, version = c.version + 1 FROM shipped s WHERE s.id = c.id;

-- An older process cannot read them.
UPDATE schema_floor SET version = greatest(version, 451);
