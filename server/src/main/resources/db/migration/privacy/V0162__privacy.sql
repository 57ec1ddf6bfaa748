-- Copies of a person's data, made when they ask; the file lies in the data folder until it expires.
CREATE TABLE data_export (
    id         uuid        PRIMARY KEY,
    person_id  uuid        NOT NULL REFERENCES person (id),
    asked_at   timestamptz NOT NULL,
    ready_at   timestamptz CHECK (ready_at >= asked_at),
    expires_at timestamptz CHECK (expires_at > ready_at),
    size_bytes bigint      CHECK (size_bytes > 0),
    CHECK (num_nulls(ready_at, expires_at, size_bytes) IN (0, 3))
);
CREATE INDEX data_export_person ON data_export (person_id, asked_at DESC);
CREATE INDEX data_export_expiry ON data_export (expires_at);

-- Requests to be forgotten: done when due, unless cancelled before.
CREATE TABLE erasure_request (
    id           uuid        PRIMARY KEY,
    person_id    uuid        NOT NULL REFERENCES person (id),
    asked_by     uuid        NOT NULL REFERENCES person (id),
    asked_at     timestamptz NOT NULL,
    due_at       timestamptz NOT NULL CHECK (due_at >= asked_at),
    cancelled_at timestamptz,
    cancelled_by uuid        REFERENCES person (id),
    done_at      timestamptz,
    CHECK ((cancelled_at IS NULL) = (cancelled_by IS NULL)),
    CHECK (cancelled_at IS NULL OR done_at IS NULL)
);
CREATE UNIQUE INDEX erasure_request_open ON erasure_request (person_id) WHERE cancelled_at IS NULL AND done_at IS NULL;
CREATE INDEX erasure_request_due ON erasure_request (due_at) WHERE cancelled_at IS NULL AND done_at IS NULL;

-- How long kinds of data are kept, where an operator chose otherwise than Farga does, and what the daily task removed.
CREATE TABLE retention (
    rule         text        PRIMARY KEY CHECK (rule ~ '^[a-z-]{1,60}$'),
    keep_days    int         CHECK (keep_days BETWEEN 1 AND 36500),
    last_run_at  timestamptz,
    last_removed bigint      CHECK (last_removed >= 0),
    removed      bigint      NOT NULL DEFAULT 0 CHECK (removed >= 0)
);
COMMENT ON COLUMN retention.keep_days IS 'null where Farga''s own period holds';

-- What people are asked to agree to; a wording is never changed, a new version takes its place.
CREATE TABLE consent_text (
    purpose  text        NOT NULL CHECK (purpose IN ('NEWS_MAIL', 'SUCCESS_STORY', 'SHARE_CONTACT')),
    version  int         NOT NULL CHECK (version >= 1),
    language text        NOT NULL CHECK (language IN ('en', 'es', 'ca')),
    text     text        NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    sha256   bytea       NOT NULL GENERATED ALWAYS AS (sha256(text::bytea)) STORED,
    since    timestamptz NOT NULL,
    PRIMARY KEY (purpose, version, language)
);
CREATE TABLE consent (
    id           uuid        PRIMARY KEY,
    person_id    uuid        NOT NULL REFERENCES person (id),
    purpose      text        NOT NULL,
    version      int         NOT NULL,
    language     text        NOT NULL,
    text_sha256  bytea       NOT NULL CHECK (length(text_sha256) = 32),
    given_at     timestamptz NOT NULL,
    given_by     uuid        NOT NULL REFERENCES person (id),
    withdrawn_at timestamptz CHECK (withdrawn_at >= given_at),
    withdrawn_by uuid        REFERENCES person (id),
    FOREIGN KEY (purpose, version, language) REFERENCES consent_text (purpose, version, language),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL))
);
COMMENT ON COLUMN consent.language IS 'in which the text was shown';
COMMENT ON COLUMN consent.text_sha256 IS 'of the text that was shown: the proof of what was agreed to';
CREATE UNIQUE INDEX consent_given ON consent (person_id, purpose) WHERE withdrawn_at IS NULL;
CREATE FUNCTION refuse_change_of_consent_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a text that people agreed to is never changed: add a new version';
END $$;
CREATE TRIGGER consent_text_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_text
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_consent_text();

-- News to those who agreed to get it.
CREATE TABLE news (
    id         uuid        PRIMARY KEY,
    subject    text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    text       text        NOT NULL CHECK (length(text) BETWEEN 1 AND 20000),
    sent_by    uuid        NOT NULL REFERENCES person (id),
    sent_at    timestamptz NOT NULL,
    recipients int         NOT NULL CHECK (recipients >= 0)
);

INSERT INTO consent_text (purpose, version, language, since, text) VALUES
('NEWS_MAIL', 1, 'en', '2026-11-23T00:00:00Z', 'The centre may send me news by e-mail: calls, courses and events. I can take this back at any time; what was sent before stays sent.'),
('NEWS_MAIL', 1, 'es', '2026-11-23T00:00:00Z', 'El centro puede enviarme novedades por correo electrónico: convocatorias, cursos y actos. Puedo retirarlo cuando quiera; lo ya enviado queda enviado.'),
('NEWS_MAIL', 1, 'ca', '2026-11-23T00:00:00Z', 'El centre em pot enviar novetats per correu electrònic: convocatòries, cursos i actes. Ho puc retirar quan vulgui; el que ja s’ha enviat queda enviat.'),
('SUCCESS_STORY', 1, 'en', '2026-11-23T00:00:00Z', 'The centre may name me and my work when it tells in public what was achieved on its machines. I am asked about the text before it appears.'),
('SUCCESS_STORY', 1, 'es', '2026-11-23T00:00:00Z', 'El centro puede nombrarme a mí y mi trabajo cuando cuente en público lo logrado en sus máquinas. Se me consulta el texto antes de publicarlo.'),
('SUCCESS_STORY', 1, 'ca', '2026-11-23T00:00:00Z', 'El centre em pot anomenar a mi i la meva feina quan expliqui en públic el que s’ha aconseguit a les seves màquines. Se’m consulta el text abans de publicar-lo.'),
('SHARE_CONTACT', 1, 'en', '2026-11-23T00:00:00Z', 'The centre may give my name and e-mail address to other European AI factories that could help me further.'),
('SHARE_CONTACT', 1, 'es', '2026-11-23T00:00:00Z', 'El centro puede dar mi nombre y mi correo electrónico a otras fábricas de IA europeas que puedan ayudarme.'),
('SHARE_CONTACT', 1, 'ca', '2026-11-23T00:00:00Z', 'El centre pot donar el meu nom i el meu correu electrònic a altres fàbriques d’IA europees que em puguin ajudar.');
