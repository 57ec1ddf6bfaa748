-- What people were told; the sentence is made when it is read, in the reader's language of that moment.
CREATE TABLE notification (
    id        uuid        PRIMARY KEY,
    person_id uuid        NOT NULL REFERENCES person (id),
    at        timestamptz NOT NULL,
    message   text        NOT NULL CHECK (length(message) BETWEEN 1 AND 200),
    arguments jsonb       NOT NULL CHECK (jsonb_typeof(arguments) = 'array'),
    link      text        NOT NULL CHECK (link LIKE '/%' AND link NOT LIKE '//%' AND length(link) <= 500),
    once_key  text        CHECK (length(once_key) BETWEEN 1 AND 200),
    read_at   timestamptz,
    UNIQUE (person_id, once_key)
);
COMMENT ON COLUMN notification.message IS 'key of the sentence in a message bundle';
COMMENT ON COLUMN notification.once_key IS 'what it tells, where a repeated event must not tell it again';
CREATE INDEX notification_person ON notification (person_id, at DESC, id DESC);
CREATE INDEX notification_unread ON notification (person_id) WHERE read_at IS NULL;
