-- Who worked in a project before: conflicts of interest look back some years.
CREATE TABLE past_project_member (
    project_id uuid        NOT NULL REFERENCES project (id),
    person_id  uuid        NOT NULL REFERENCES person (id),
    since      timestamptz NOT NULL,
    until      timestamptz NOT NULL CHECK (until >= since),
    PRIMARY KEY (person_id, project_id, since)
);
CREATE INDEX past_project_member_until ON past_project_member (until);

CREATE FUNCTION keep_past_project_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO past_project_member (project_id, person_id, since, until)
    VALUES (old.project_id, old.person_id, old.since, greatest(now(), old.since))
    ON CONFLICT (person_id, project_id, since) DO UPDATE SET until = excluded.until;
    RETURN old;
END $$;
CREATE TRIGGER project_member_past AFTER DELETE ON project_member FOR EACH ROW EXECUTE FUNCTION keep_past_project_member();
