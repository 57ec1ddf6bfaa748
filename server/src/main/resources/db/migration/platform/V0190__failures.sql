-- What a work item or a listener failed with last: db-scheduler and Spring Modulith keep only that and when they did.
CREATE TABLE failure (
    kind     text        NOT NULL CHECK (kind IN ('WORK', 'EVENT')),
    name     text        NOT NULL CHECK (length(name) BETWEEN 1 AND 500),
    instance text        NOT NULL CHECK (length(instance) <= 500),
    at       timestamptz NOT NULL,
    summary  text        NOT NULL CHECK (length(summary) <= 500),
    PRIMARY KEY (kind, name, instance)
);
CREATE INDEX failure_at ON failure (at);
COMMENT ON COLUMN failure.name IS 'the task, or the listener''s method';
COMMENT ON COLUMN failure.instance IS 'the work item; empty for a listener';

ALTER TABLE outgoing_mail ADD COLUMN failed_at timestamptz, ADD COLUMN failure text CHECK (length(failure) <= 500);
CREATE INDEX outgoing_mail_unsent ON outgoing_mail (created_at) WHERE sent_at IS NULL;
CREATE INDEX outgoing_mail_sent_at ON outgoing_mail (sent_at);
CREATE INDEX event_publication_incomplete ON event_publication (publication_date) WHERE completion_date IS NULL;
