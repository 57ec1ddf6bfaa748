-- What a search compares: lower case without accents, so that "digits escrits" finds "dígits escrits".
CREATE FUNCTION searchable(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURNS NULL ON NULL INPUT
    RETURN lower(regexp_replace(normalize(words, NFD), U&'[\0300-\036F]', '', 'g'));

CREATE TABLE dataset (
    id                       uuid        PRIMARY KEY,
    slug                     text        NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND length(slug) <= 60),
    title                    text        NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    summary                  text        NOT NULL CHECK (length(summary) BETWEEN 1 AND 500),
    licence                  text        NOT NULL CHECK (licence ~ '^[A-Za-z0-9.+-]{1,100}$'),
    card                     text        NOT NULL CHECK (octet_length(card) BETWEEN 1 AND 100000),
    provider_organisation_id uuid        REFERENCES organisation (id),
    preview_public           boolean     NOT NULL,
    created_by               uuid        NOT NULL REFERENCES person (id),
    created_at               timestamptz NOT NULL,
    version                  int         NOT NULL DEFAULT 1,
    search                   tsvector    NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', searchable(title || ' ' || slug)), 'A')
        || setweight(to_tsvector('simple', searchable(summary)), 'B')
        || setweight(to_tsvector('simple', searchable(card)), 'C')) STORED
);
COMMENT ON COLUMN dataset.licence IS 'SPDX licence identifier';
COMMENT ON COLUMN dataset.card IS 'Markdown';
COMMENT ON COLUMN dataset.provider_organisation_id IS 'null where the centre itself provides it';
COMMENT ON COLUMN dataset.preview_public IS 'whether rows are shown to those without an agreement';
CREATE INDEX dataset_search ON dataset USING gin (search);

-- The terms of use, each wording kept as it was accepted.
CREATE TABLE dataset_terms (
    dataset_id uuid        NOT NULL REFERENCES dataset (id),
    version    int         NOT NULL CHECK (version >= 1),
    text       text        NOT NULL CHECK (length(text) BETWEEN 1 AND 50000),
    sha256     bytea       NOT NULL CHECK (sha256 = sha256(convert_to(text, 'UTF8'))),
    written_by uuid        NOT NULL REFERENCES person (id),
    since      timestamptz NOT NULL,
    PRIMARY KEY (dataset_id, version),
    UNIQUE (dataset_id, version, sha256)
);
COMMENT ON COLUMN dataset_terms.sha256 IS 'of the text in UTF-8';

CREATE TABLE dataset_version (
    id                uuid        PRIMARY KEY,
    dataset_id        uuid        NOT NULL REFERENCES dataset (id),
    number            int         NOT NULL CHECK (number >= 1),
    state             text        NOT NULL CHECK (state IN ('DRAFT', 'PUBLISHED', 'RETIRED')),
    revision          int         NOT NULL DEFAULT 1,
    created_by        uuid        NOT NULL REFERENCES person (id),
    created_at        timestamptz NOT NULL,
    published_by      uuid        REFERENCES person (id),
    published_at      timestamptz,
    files             int         CHECK (files BETWEEN 1 AND 10000),
    size_bytes        bigint      CHECK (size_bytes >= 0),
    rows              bigint      CHECK (rows >= 0),
    manifest_sha256   bytea       CHECK (length(manifest_sha256) = 32),
    retired_by        uuid        REFERENCES person (id),
    retired_at        timestamptz,
    retirement_reason text        CHECK (length(retirement_reason) BETWEEN 1 AND 1000),
    UNIQUE (dataset_id, number),
    CHECK ((state = 'DRAFT') = (published_at IS NULL)),
    CHECK (num_nulls(published_by, published_at, files, size_bytes, manifest_sha256) IN (0, 5)),
    CHECK ((state = 'RETIRED') = (retired_at IS NOT NULL)),
    CHECK (num_nulls(retired_by, retired_at, retirement_reason) IN (0, 3))
);
COMMENT ON COLUMN dataset_version.revision IS 'counts the changes of a draft''s files';
COMMENT ON COLUMN dataset_version.rows IS 'of its first table, where that was small enough to be counted';
COMMENT ON COLUMN dataset_version.manifest_sha256 IS 'of the lines "<sha256 in hex>  <path>\n" in order of path';
CREATE UNIQUE INDEX dataset_version_one_draft ON dataset_version (dataset_id) WHERE state = 'DRAFT';

CREATE TABLE dataset_file (
    version_id  uuid        NOT NULL REFERENCES dataset_version (id),
    path        text        COLLATE "C" NOT NULL CHECK (length(path) BETWEEN 1 AND 255 AND path !~ '(^|/)\.{0,2}(/|$)' AND path !~ '[\\[:cntrl:]]'),
    path_key    text        COLLATE "C" NOT NULL,
    size_bytes  bigint      NOT NULL CHECK (size_bytes >= 0),
    sha256      bytea       NOT NULL CHECK (length(sha256) = 32),
    media_type  text        NOT NULL CHECK (length(media_type) BETWEEN 3 AND 100),
    uploaded_by uuid        NOT NULL REFERENCES person (id),
    uploaded_at timestamptz NOT NULL,
    PRIMARY KEY (version_id, path),
    UNIQUE (version_id, path_key)
);
COMMENT ON COLUMN dataset_file.path_key IS 'the path as file systems that ignore case and Unicode forms see it';
CREATE INDEX dataset_file_sha256 ON dataset_file (sha256);

-- What is published stays as it is. FOR SHARE waits for a publication that is under way.
CREATE FUNCTION refuse_change_of_published_files() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    version_state text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT state INTO version_state FROM dataset_version WHERE id = OLD.version_id FOR SHARE;
        IF version_state <> 'DRAFT' THEN
            RAISE EXCEPTION 'the files of a published dataset version are immutable' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT state INTO version_state FROM dataset_version WHERE id = NEW.version_id FOR SHARE;
        IF version_state <> 'DRAFT' THEN
            RAISE EXCEPTION 'the files of a published dataset version are immutable' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER dataset_file_immutable BEFORE INSERT OR UPDATE OR DELETE ON dataset_file
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_files();

CREATE FUNCTION refuse_change_of_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'a published dataset version stays' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.dataset_id, NEW.number) IS DISTINCT FROM (OLD.id, OLD.dataset_id, OLD.number)
       OR (OLD.state, NEW.state) NOT IN (('DRAFT', 'DRAFT'), ('DRAFT', 'PUBLISHED'), ('PUBLISHED', 'RETIRED'))
       OR (OLD.state <> 'DRAFT' AND
           (NEW.published_by, NEW.published_at, NEW.files, NEW.size_bytes, NEW.rows, NEW.manifest_sha256, NEW.revision)
           IS DISTINCT FROM
           (OLD.published_by, OLD.published_at, OLD.files, OLD.size_bytes, OLD.rows, OLD.manifest_sha256, OLD.revision)) THEN
        RAISE EXCEPTION 'a dataset version is published once, retired once, and otherwise stays as it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dataset_version_immutable BEFORE UPDATE OR DELETE ON dataset_version
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_version();

CREATE FUNCTION refuse_change_of_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'terms are replaced by a new version, never changed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER dataset_terms_append_only BEFORE UPDATE OR DELETE ON dataset_terms
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_terms();

CREATE TABLE agreement (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES organisation (id),
    dataset_id      uuid        NOT NULL REFERENCES dataset (id),
    terms_version   int         NOT NULL,
    terms_sha256    bytea       NOT NULL,
    accepted_by     uuid        NOT NULL REFERENCES person (id),
    accepted_at     timestamptz NOT NULL,
    ended_at        timestamptz CHECK (ended_at >= accepted_at),
    ended_by        uuid        REFERENCES person (id),
    ending_reason   text        CHECK (length(ending_reason) BETWEEN 1 AND 1000),
    superseded      boolean     NOT NULL DEFAULT false,
    FOREIGN KEY (dataset_id, terms_version, terms_sha256) REFERENCES dataset_terms (dataset_id, version, sha256),
    CHECK (num_nulls(ended_at, ended_by, ending_reason) IN (0, 3)),
    CHECK (NOT superseded OR ended_at IS NOT NULL)
);
COMMENT ON COLUMN agreement.superseded IS 'ended because newer terms of the same dataset were accepted: the right to use it went on';
CREATE UNIQUE INDEX agreement_one_live ON agreement (organisation_id, dataset_id) WHERE ended_at IS NULL;
CREATE INDEX agreement_dataset ON agreement (dataset_id, accepted_at);
