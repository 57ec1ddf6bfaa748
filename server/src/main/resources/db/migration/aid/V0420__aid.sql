-- State aid: who pays for access time, and what of it is aid to an undertaking.

-- The ceiling of de minimis aid as it stood from a day on; a grant is judged by the one in force on its day.
CREATE TABLE aid_ceiling (
    since            date        PRIMARY KEY,
    until            date        CHECK (until >= since),
    ceiling_cents    bigint      NOT NULL CHECK (ceiling_cents BETWEEN 1 AND 100000000000),
    years            int         NOT NULL CHECK (years BETWEEN 1 AND 10),
    warning_percent  int         NOT NULL CHECK (warning_percent BETWEEN 1 AND 100),
    declaration_days int         NOT NULL CHECK (declaration_days BETWEEN 1 AND 3660),
    regulation       text        NOT NULL CHECK (length(regulation) BETWEEN 1 AND 200),
    set_by           uuid        REFERENCES person (id),
    set_at           timestamptz NOT NULL
);
COMMENT ON COLUMN aid_ceiling.until IS 'the last day on which aid may be granted under it; null while that is open';
COMMENT ON COLUMN aid_ceiling.set_by IS 'null for the one that Farga came with';
CREATE INDEX aid_ceiling_set_by ON aid_ceiling (set_by);
INSERT INTO aid_ceiling (since, until, ceiling_cents, years, warning_percent, declaration_days, regulation, set_at)
VALUES ('2024-01-01', '2030-12-31', 30000000, 3, 80, 90, 'Commission Regulation (EU) 2023/2831 of 13 December 2023 (OJ L, 2023/2831, 15.12.2023)', now());

CREATE TABLE aid_source (
    id           uuid        PRIMARY KEY,
    code         text        NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]+(-[A-Z0-9]+)*$' AND length(code) <= 20),
    name         text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind         text        NOT NULL CHECK (kind IN ('EU', 'STATE', 'REGION', 'PARTNER_COUNTRY', 'OWN')),
    member_state char(2)     CHECK (member_state ~ '^[A-Z]{2}$'),
    authority    text        NOT NULL CHECK (length(authority) BETWEEN 1 AND 200),
    regime       text        NOT NULL CHECK (regime IN ('NONE', 'DE_MINIMIS', 'GBER_25', 'GBER_28')),
    active       boolean     NOT NULL DEFAULT true,
    changed_by   uuid        REFERENCES person (id),
    changed_at   timestamptz NOT NULL,
    version      int         NOT NULL DEFAULT 1,
    CHECK (regime = 'NONE' OR member_state IS NOT NULL)
);
COMMENT ON COLUMN aid_source.member_state IS 'whose resources they are; null for the Union''s and the centre''s own';
CREATE INDEX aid_source_changed_by ON aid_source (changed_by);
-- The Union's share is what pays where nothing else is said: no State resources, no aid.
INSERT INTO aid_source (id, code, name, kind, member_state, authority, regime, changed_at) VALUES
    ('01930000-0000-7000-8000-000000000e00', 'EU', 'Union access time', 'EU', NULL, 'EuroHPC Joint Undertaking', 'NONE', now()),
    ('01930000-0000-7000-8000-000000000e01', 'ES', 'Spain', 'STATE', 'ES', 'Ministerio de Ciencia, Innovación y Universidades', 'DE_MINIMIS', now()),
    ('01930000-0000-7000-8000-000000000e02', 'ES-CT', 'Catalonia', 'REGION', 'ES', 'Generalitat de Catalunya', 'DE_MINIMIS', now());

CREATE TABLE aid_market_value (
    source_id      uuid           NOT NULL REFERENCES aid_source (id),
    since          date           NOT NULL,
    until          date           CHECK (until >= since),
    gpu_hour_cents numeric(14, 4) NOT NULL CHECK (gpu_hour_cents BETWEEN 0 AND 100000000),
    cpu_hour_cents numeric(14, 4) NOT NULL CHECK (cpu_hour_cents BETWEEN 0 AND 100000000),
    evidence       text           NOT NULL CHECK (length(evidence) BETWEEN 1 AND 1000),
    set_by         uuid           NOT NULL REFERENCES person (id),
    set_at         timestamptz    NOT NULL,
    PRIMARY KEY (source_id, since)
);
COMMENT ON COLUMN aid_market_value.evidence IS 'how the market value was found';
CREATE INDEX aid_market_value_set_by ON aid_market_value (set_by);

-- Which sources pay what is awarded under a subject (a call), from a day on.
CREATE TABLE aid_funding_plan (
    id      uuid        PRIMARY KEY,
    subject text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    since   date        NOT NULL,
    set_by  uuid        NOT NULL REFERENCES person (id),
    set_at  timestamptz NOT NULL,
    UNIQUE (subject, since)
);
CREATE INDEX aid_funding_plan_set_by ON aid_funding_plan (set_by);
CREATE TABLE aid_funding_plan_share (
    plan_id      uuid NOT NULL REFERENCES aid_funding_plan (id),
    source_id    uuid NOT NULL REFERENCES aid_source (id),
    basis_points int  NOT NULL CHECK (basis_points BETWEEN 1 AND 10000),
    PRIMARY KEY (plan_id, source_id)
);

-- What pays an allocation. Those without a row are from before there was one, and are the Union's share.
CREATE TABLE aid_funding (
    allocation_id uuid        NOT NULL REFERENCES allocation (id),
    revision      int         NOT NULL CHECK (revision >= 1),
    reason        text        CHECK (length(reason) BETWEEN 1 AND 1000),
    assigned_by   uuid        REFERENCES person (id),
    assigned_at   timestamptz NOT NULL,
    PRIMARY KEY (allocation_id, revision),
    CHECK (revision = 1 OR reason IS NOT NULL)
);
COMMENT ON COLUMN aid_funding.assigned_by IS 'null where it was assigned by rule at the award';
CREATE INDEX aid_funding_assigned_by ON aid_funding (assigned_by);
CREATE TABLE aid_funding_share (
    allocation_id uuid NOT NULL,
    revision      int  NOT NULL,
    source_id     uuid NOT NULL REFERENCES aid_source (id),
    basis_points  int  NOT NULL CHECK (basis_points BETWEEN 1 AND 10000),
    PRIMARY KEY (allocation_id, revision, source_id),
    FOREIGN KEY (allocation_id, revision) REFERENCES aid_funding (allocation_id, revision)
);

-- How enterprises stand to each other. Only a link that the centre confirmed makes one undertaking of two.
CREATE TABLE aid_enterprise (
    id              uuid    PRIMARY KEY,
    name            text    NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    country         char(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    tax_id          text    NOT NULL CHECK (length(tax_id) BETWEEN 1 AND 40)
);
CREATE UNIQUE INDEX aid_enterprise_tax_id ON aid_enterprise (country, tax_id);
CREATE TABLE aid_link (
    id                    uuid        PRIMARY KEY,
    organisation_id       uuid        NOT NULL REFERENCES organisation (id),
    enterprise_id         uuid        NOT NULL REFERENCES aid_enterprise (id),
    named                 text        NOT NULL CHECK (length(named) BETWEEN 1 AND 200),
    other_organisation_id uuid        REFERENCES organisation (id) CHECK (other_organisation_id <> organisation_id),
    relation              text        NOT NULL CHECK (relation IN ('LINKED', 'PARTNER')),
    criterion             text        CHECK (criterion IN ('VOTES', 'BOARD', 'CONTRACT', 'AGREEMENT')),
    evidence              text        NOT NULL CHECK (length(evidence) BETWEEN 1 AND 2000),
    since                 date        NOT NULL,
    until                 date        CHECK (until > since),
    declared_by           uuid        NOT NULL REFERENCES person (id),
    declared_at           timestamptz NOT NULL,
    state                 text        NOT NULL CHECK (state IN ('DECLARED', 'CONFIRMED', 'REJECTED')),
    decided_by            uuid        REFERENCES person (id),
    decided_at            timestamptz,
    reason                text        CHECK (length(reason) BETWEEN 1 AND 1000),
    CHECK ((relation = 'LINKED') = (criterion IS NOT NULL)),
    CHECK ((state = 'DECLARED') = (decided_by IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (state <> 'REJECTED' OR reason IS NOT NULL)
);
COMMENT ON COLUMN aid_link.named IS 'the name as this company gave it: one tax number may be given two names';
COMMENT ON COLUMN aid_link.until IS 'the day from which the link is no more';
COMMENT ON COLUMN aid_link.criterion IS 'which of the relations of Article 2(2), (a) to (d)';
CREATE INDEX aid_link_organisation ON aid_link (organisation_id);
CREATE INDEX aid_link_other ON aid_link (other_organisation_id);
CREATE INDEX aid_link_enterprise ON aid_link (enterprise_id);
CREATE INDEX aid_link_waiting ON aid_link (declared_at) WHERE state = 'DECLARED';
CREATE INDEX aid_link_declared_by ON aid_link (declared_by);
CREATE INDEX aid_link_decided_by ON aid_link (decided_by);

-- What companies declare of other de minimis aid; rows are only added, the last one counts.
CREATE TABLE aid_declaration (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES organisation (id),
    tax_id          text        NOT NULL CHECK (length(tax_id) BETWEEN 1 AND 40),
    sector          text        NOT NULL CHECK (sector ~ '^[0-9]{2}(\.[0-9]{1,2})?$'),
    declared_by     uuid        NOT NULL REFERENCES person (id),
    declared_at     timestamptz NOT NULL,
    valid_until     date        NOT NULL,
    sha256          bytea       NOT NULL CHECK (length(sha256) = 32)
);
COMMENT ON COLUMN aid_declaration.sector IS 'division, group or class of NACE Rev. 2.1';
COMMENT ON COLUMN aid_declaration.valid_until IS 'the last day on which aid may be granted on it';
CREATE INDEX aid_declaration_organisation ON aid_declaration (organisation_id, declared_at DESC, id DESC);
CREATE INDEX aid_declaration_declared_by ON aid_declaration (declared_by);
CREATE TABLE aid_declared (
    declaration_id uuid    NOT NULL REFERENCES aid_declaration (id),
    position       int     NOT NULL CHECK (position BETWEEN 0 AND 199),
    member_state   char(2) NOT NULL CHECK (member_state ~ '^[A-Z]{2}$'),
    granted_on     date    NOT NULL,
    amount_cents   bigint  NOT NULL CHECK (amount_cents BETWEEN 1 AND 100000000000),
    authority      text    NOT NULL CHECK (length(authority) BETWEEN 1 AND 200),
    reference      text    CHECK (length(reference) BETWEEN 1 AND 100),
    PRIMARY KEY (declaration_id, position)
);

-- The ledger of aid that this centre grants. Lines are only added; a grant is put right by lines that refer to it.
CREATE TABLE aid_entry (
    id                 uuid        PRIMARY KEY,
    number             bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind               text        NOT NULL CHECK (kind IN ('GRANT', 'CORRECTION', 'WITHDRAWAL')),
    grant_id           uuid        NOT NULL REFERENCES aid_entry (id),
    organisation_id    uuid        NOT NULL REFERENCES organisation (id),
    beneficiary        text        NOT NULL CHECK (length(beneficiary) BETWEEN 1 AND 200),
    tax_id             text        NOT NULL CHECK (length(tax_id) BETWEEN 1 AND 40),
    regime             text        NOT NULL CHECK (regime IN ('DE_MINIMIS', 'GBER_25', 'GBER_28')),
    regulation         text        NOT NULL CHECK (length(regulation) BETWEEN 1 AND 200),
    member_state       char(2)     NOT NULL CHECK (member_state ~ '^[A-Z]{2}$'),
    granted_on         date        NOT NULL,
    amount_cents       bigint      NOT NULL CHECK (amount_cents BETWEEN -100000000000 AND 100000000000 AND amount_cents <> 0),
    authority          text        NOT NULL CHECK (length(authority) BETWEEN 1 AND 200),
    instrument         text        NOT NULL CHECK (instrument IN ('ACCESS_TIME', 'SERVICE', 'GRANT', 'OTHER')),
    sector             text        NOT NULL CHECK (sector ~ '^[0-9]{2}(\.[0-9]{1,2})?$'),
    reference          text        NOT NULL CHECK (length(reference) BETWEEN 1 AND 100),
    source_id          uuid        NOT NULL REFERENCES aid_source (id),
    allocation_id      uuid        REFERENCES allocation (id),
    gpu_milliseconds   bigint      CHECK (gpu_milliseconds >= 0),
    cpu_milliseconds   bigint      CHECK (cpu_milliseconds >= 0),
    gpu_hour_cents     numeric(14, 4) CHECK (gpu_hour_cents >= 0),
    cpu_hour_cents     numeric(14, 4) CHECK (cpu_hour_cents >= 0),
    share_basis_points int         CHECK (share_basis_points BETWEEN 1 AND 10000),
    reason             text        CHECK (length(reason) BETWEEN 1 AND 1000),
    recorded_by        uuid        REFERENCES person (id),
    recorded_at        timestamptz NOT NULL,
    register_due_on    date        NOT NULL,
    CHECK ((kind = 'GRANT') = (grant_id = id)),
    CHECK (kind <> 'GRANT' OR amount_cents > 0),
    CHECK (kind <> 'WITHDRAWAL' OR amount_cents < 0),
    CHECK (kind = 'GRANT' OR reason IS NOT NULL)
);
COMMENT ON COLUMN aid_entry.granted_on IS 'the day on which the legal right was conferred; a correction carries that of its grant';
COMMENT ON COLUMN aid_entry.amount_cents IS 'gross grant equivalent in euro cents; what a correction or withdrawal takes away is negative';
COMMENT ON COLUMN aid_entry.register_due_on IS 'the last of the 20 working days for entry into the central register';
CREATE INDEX aid_entry_grant ON aid_entry (grant_id);
CREATE INDEX aid_entry_organisation ON aid_entry (organisation_id, granted_on);
CREATE INDEX aid_entry_allocation ON aid_entry (allocation_id);
CREATE INDEX aid_entry_due ON aid_entry (register_due_on);
CREATE INDEX aid_entry_recorded_by ON aid_entry (recorded_by);
CREATE UNIQUE INDEX aid_entry_withdrawn_once ON aid_entry (grant_id) WHERE kind = 'WITHDRAWAL';

CREATE FUNCTION refuse_change_of_aid_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lines of the aid ledger are only added';
END $$;
CREATE TRIGGER aid_entry_immutable BEFORE UPDATE OR DELETE ON aid_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_aid_ledger();

CREATE TABLE aid_registration (
    entry_id           uuid        PRIMARY KEY REFERENCES aid_entry (id),
    entered_on         date        NOT NULL,
    register_reference text        CHECK (length(register_reference) BETWEEN 1 AND 100),
    entered_by         uuid        NOT NULL REFERENCES person (id),
    entered_at         timestamptz NOT NULL
);
CREATE INDEX aid_registration_entered_by ON aid_registration (entered_by);

-- The notice that a company is sent of each line: a task makes the paper after the award, and it stays as it was made.
CREATE TABLE aid_letter (
    entry_id uuid        PRIMARY KEY REFERENCES aid_entry (id),
    language text        NOT NULL CHECK (language IN ('en', 'es', 'ca')),
    used_cents bigint    NOT NULL,
    ceiling_cents bigint,
    pdf      bytea,
    sha256   bytea       CHECK (length(sha256) = 32),
    made_at  timestamptz,
    CHECK ((pdf IS NULL) = (made_at IS NULL)),
    CHECK ((pdf IS NULL) = (sha256 IS NULL))
);
COMMENT ON COLUMN aid_letter.used_cents IS 'de minimis aid of the undertaking within the window on that day, this one included';
