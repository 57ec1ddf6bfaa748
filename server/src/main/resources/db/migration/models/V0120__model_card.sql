-- What people say about a model version, in the Hugging Face form: YAML front matter, then Markdown. Each writing is an
-- edition of its own; before the first, the card is drafted from lineage whenever somebody looks.
CREATE TABLE model_card (
    model_id   uuid        NOT NULL,
    number     int         NOT NULL,
    edition    int         NOT NULL CHECK (edition >= 1),
    text       text        NOT NULL CHECK (octet_length(text) BETWEEN 1 AND 200000),
    written_by uuid        NOT NULL REFERENCES person (id),
    written_at timestamptz NOT NULL,
    PRIMARY KEY (model_id, number, edition),
    FOREIGN KEY (model_id, number) REFERENCES model_version (model_id, number)
);
COMMENT ON COLUMN model_card.edition IS 'the newest counts; the ones before are kept';
