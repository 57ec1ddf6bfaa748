-- The name a person has on every cluster. Files, jobs and Slurm's records bear it for good, so a row is never changed or
-- removed, and no name is given to a second person.
CREATE SEQUENCE unix_account_number AS int;
CREATE TABLE unix_account (
    person_id uuid        PRIMARY KEY REFERENCES person (id),
    user_name text        NOT NULL UNIQUE CHECK (user_name ~ '^[a-z_][a-z0-9_.-]{0,31}$'),
    adopted   boolean     NOT NULL,
    made_at   timestamptz NOT NULL
);
COMMENT ON COLUMN unix_account.adopted IS 'the person had it before Farga came; otherwise its name is a number from unix_account_number';

CREATE FUNCTION unix_account_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a Unix account keeps its person and its name';
END $$;
CREATE TRIGGER unix_account_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON unix_account
    FOR EACH STATEMENT EXECUTE FUNCTION unix_account_is_final();

-- Whether a cluster knows the name: somebody else makes Unix accounts, and Farga waits for them.
CREATE TABLE unix_account_on_cluster (
    cluster         text        NOT NULL CHECK (length(cluster) BETWEEN 1 AND 100),
    person_id       uuid        NOT NULL REFERENCES unix_account (person_id),
    state           text        NOT NULL CHECK (state IN ('WANTED', 'READY', 'FAILED')),
    since           timestamptz NOT NULL,
    attempts        int         NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL,
    complaint       text        CHECK (length(complaint) <= 4000),
    PRIMARY KEY (cluster, person_id),
    CHECK ((state = 'FAILED') = (complaint IS NOT NULL))
);
CREATE INDEX unix_account_on_cluster_person ON unix_account_on_cluster (person_id);
COMMENT ON COLUMN unix_account_on_cluster.complaint IS 'what the command that makes accounts said last';

-- The Slurm account that stands for an organisation, a project or an allocation on a cluster. A name is never given twice,
-- because Slurm's records of jobs bear it.
CREATE TABLE slurm_account (
    cluster         text        NOT NULL CHECK (length(cluster) BETWEEN 1 AND 100),
    name            text        NOT NULL CHECK (name ~ '^[a-z0-9_][a-z0-9_.-]{0,99}$'),
    organisation_id uuid        REFERENCES organisation (id),
    project_id      uuid        REFERENCES project (id),
    allocation_id   uuid        UNIQUE REFERENCES allocation (id),
    adopted         boolean     NOT NULL,
    made_at         timestamptz NOT NULL,
    PRIMARY KEY (cluster, name),
    UNIQUE (cluster, organisation_id),
    UNIQUE (cluster, project_id),
    CHECK (num_nonnulls(organisation_id, project_id, allocation_id) = 1)
);
CREATE INDEX slurm_account_organisation ON slurm_account (organisation_id) WHERE organisation_id IS NOT NULL;
CREATE INDEX slurm_account_project ON slurm_account (project_id) WHERE project_id IS NOT NULL;
COMMENT ON COLUMN slurm_account.adopted IS 'it was in Slurm before Farga came, and stays at its place in the tree';

-- Who may charge an allocation in Slurm, as Slurm was last seen to have it.
CREATE TABLE slurm_association (
    allocation_id uuid        NOT NULL REFERENCES allocation (id),
    person_id     uuid        NOT NULL REFERENCES unix_account (person_id),
    applied_at    timestamptz NOT NULL,
    PRIMARY KEY (allocation_id, person_id)
);
CREATE INDEX slurm_association_person ON slurm_association (person_id);
