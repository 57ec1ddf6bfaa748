-- What forms ask section by section, one row for each answer. What was written before as one text stays in proposal_section, and is
-- read and shown as the section's last answer.
CREATE TABLE proposal_answer (
    proposal_id uuid NOT NULL REFERENCES proposal (id),
    field       text NOT NULL CHECK (length(field) <= 120 AND field ~ '^[A-Z_]+\.[A-Za-z0-9]+(\.[A-Za-z0-9]+){0,2}$'),
    answer      text NOT NULL CHECK (length(answer) BETWEEN 1 AND 5000),
    PRIMARY KEY (proposal_id, field)
);
COMMENT ON COLUMN proposal_answer.field IS 'the section and the question, such as JOBS.jobs.m1abc2de.gpus; numbers with a full stop, yes and no as true and false';

-- Who wrote an answer of a draft last: whoever writes the same at the same time is shown whose it is.
CREATE TABLE proposal_field_edit (
    proposal_id uuid        NOT NULL REFERENCES proposal (id),
    field       text        NOT NULL CHECK (length(field) BETWEEN 1 AND 130),
    edited_by   uuid        NOT NULL REFERENCES person (id),
    edited_at   timestamptz NOT NULL,
    PRIMARY KEY (proposal_id, field)
);
CREATE INDEX proposal_field_edit_person ON proposal_field_edit (edited_by);

-- Documents that belong to a proposal; their content apart, so that lists do not read it.
CREATE TABLE proposal_attachment (
    id          uuid        PRIMARY KEY,
    proposal_id uuid        NOT NULL REFERENCES proposal (id),
    name        text        NOT NULL CHECK (length(name) BETWEEN 1 AND 120 AND name !~ '[/\\[:cntrl:]]'),
    file_type   text        NOT NULL CHECK (file_type IN ('PDF', 'PNG', 'JPEG', 'ODT', 'DOCX', 'CSV', 'TXT')),
    size_bytes  bigint      NOT NULL CHECK (size_bytes BETWEEN 1 AND 52428800),
    sha256      bytea       NOT NULL CHECK (octet_length(sha256) = 32),
    uploaded_by uuid        NOT NULL REFERENCES person (id),
    uploaded_at timestamptz NOT NULL,
    UNIQUE (proposal_id, name)
);
CREATE INDEX proposal_attachment_person ON proposal_attachment (uploaded_by);
CREATE TABLE proposal_attachment_content (
    attachment_id uuid  PRIMARY KEY REFERENCES proposal_attachment (id) ON DELETE CASCADE,
    content       bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 52428800)
);
-- Compressed already, most of them.
ALTER TABLE proposal_attachment_content ALTER COLUMN content SET STORAGE EXTERNAL;

-- How many documents a call takes, and how large; a call without a row takes what the program has for a default.
CREATE TABLE call_attachment_limit (
    call_id          uuid PRIMARY KEY REFERENCES call (id),
    most_files       int  NOT NULL CHECK (most_files BETWEEN 0 AND 50),
    most_mebibytes   int  NOT NULL CHECK (most_mebibytes BETWEEN 1 AND 50)
);
COMMENT ON COLUMN call_attachment_limit.most_mebibytes IS 'of each file';

-- What was submitted, as a paper that stays the same byte for byte.
CREATE TABLE proposal_paper (
    proposal_id    uuid        PRIMARY KEY REFERENCES proposal (id),
    language       text        NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    content_sha256 bytea       NOT NULL CHECK (octet_length(content_sha256) = 32),
    made_at        timestamptz,
    pdf            bytea,
    pdf_sha256     bytea       CHECK (octet_length(pdf_sha256) = 32),
    CHECK (num_nulls(made_at, pdf, pdf_sha256) IN (0, 3))
);
COMMENT ON COLUMN proposal_paper.content_sha256 IS 'of all answers, the version of the rules and the hashes of the documents, at submission';
