-- A password is one of several ways to prove who one is, so it stands beside the person, not in it.
CREATE TABLE password (
    person_id  uuid        PRIMARY KEY REFERENCES person (id),
    hash       text        NOT NULL,
    changed_at timestamptz NOT NULL
);
COMMENT ON COLUMN password.hash IS 'Argon2id, with its parameters and salt';
INSERT INTO password (person_id, hash, changed_at) SELECT id, password_hash, created_at FROM person;
ALTER TABLE person DROP COLUMN password_hash;
