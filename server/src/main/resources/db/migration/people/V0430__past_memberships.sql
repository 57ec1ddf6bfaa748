-- Who sits on the panel of a call is a role over one thing.
ALTER TABLE scoped_role DROP CONSTRAINT scoped_role_kind_check;
ALTER TABLE scoped_role ADD CONSTRAINT scoped_role_kind_check CHECK (kind IN ('ASSESSOR', 'COORDINATOR', 'PANEL_MEMBER'));
COMMENT ON COLUMN scoped_role.scope IS 'of an assessor and of a panel member the identifier of the call, of a coordinator the code of the sector';

-- Whoever left an organisation is not free of it the next day: conflicts of interest look back some years.
CREATE TABLE past_membership (
    organisation_id uuid        NOT NULL REFERENCES organisation (id),
    person_id       uuid        NOT NULL REFERENCES person (id),
    since           timestamptz NOT NULL,
    until           timestamptz NOT NULL CHECK (until >= since),
    PRIMARY KEY (person_id, organisation_id, since)
);
CREATE INDEX past_membership_until ON past_membership (until);

-- By the database itself, so that no way to leave is missed.
CREATE FUNCTION keep_past_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO past_membership (organisation_id, person_id, since, until)
    VALUES (old.organisation_id, old.person_id, old.since, greatest(now(), old.since))
    ON CONFLICT (person_id, organisation_id, since) DO UPDATE SET until = excluded.until;
    RETURN old;
END $$;
CREATE TRIGGER membership_past AFTER DELETE ON membership FOR EACH ROW EXECUTE FUNCTION keep_past_membership();

-- An older process does not know panel members.
UPDATE schema_floor SET version = greatest(version, 430);
