CREATE TABLE call (
    id            uuid        PRIMARY KEY,
    code          text        NOT NULL UNIQUE CHECK (code ~ '^[A-Z][A-Z0-9-]{1,39}$'),
    code_prefix   text        NOT NULL CHECK (code_prefix ~ '^[A-Z]{2,6}$'),
    title         text        NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    mode          text        NOT NULL CHECK (mode IN ('PLAYGROUND')),
    summary       jsonb       NOT NULL CHECK (summary ?& ARRAY['en', 'es', 'ca']),
    opens_at      timestamptz NOT NULL,
    closes_at     timestamptz CHECK (closes_at >= opens_at),
    rules_version int         NOT NULL,
    version       int         NOT NULL DEFAULT 1
);
COMMENT ON COLUMN call.code_prefix IS 'what the codes of its proposals start with';
COMMENT ON COLUMN call.closes_at IS 'the first instant at which it is closed; null for a standing call';

-- A version of a call's rules is never changed: proposals keep the one they were submitted under.
CREATE TABLE call_rules (
    call_id    uuid        NOT NULL REFERENCES call (id) DEFERRABLE INITIALLY DEFERRED,
    version    int         NOT NULL CHECK (version >= 1),
    parameters jsonb       NOT NULL,
    since      timestamptz NOT NULL,
    decided_by uuid        REFERENCES person (id),
    PRIMARY KEY (call_id, version)
);
COMMENT ON COLUMN call_rules.decided_by IS 'null for those that Farga came with';
ALTER TABLE call ADD FOREIGN KEY (id, rules_version) REFERENCES call_rules (call_id, version) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION refuse_change_of_access_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER call_rules_append_only BEFORE UPDATE OR DELETE ON call_rules
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_access_record();

-- The standing Playground call. Its countries: the Member States of the Union and those associated to Horizon Europe as a
-- whole or to Digital Europe. Those associated to one pillar only (Canada, Korea, New Zealand) are left to a person, and
-- so is Kosovo, which has no ISO 3166-1 code.
INSERT INTO call (id, code, code_prefix, title, mode, summary, opens_at, rules_version) VALUES (
    '019aa000-0000-7000-8000-000000000001', 'PLAYGROUND', 'PG', 'AI Factory Playground', 'PLAYGROUND',
    '{"en": "A first step on the machine for startups and SMEs: a few GPU-hours to try an idea, a model or your data. Always open; no competition. Where every rule holds you start at once.",
      "es": "Un primer paso en la máquina para startups y pymes: unas horas de GPU para probar una idea, un modelo o sus datos. Siempre abierta, sin competencia. Si se cumplen todas las reglas, empieza al momento.",
      "ca": "Un primer pas a la màquina per a startups i pimes: unes hores de GPU per provar una idea, un model o les vostres dades. Sempre oberta, sense competència. Si es compleixen totes les regles, comenceu al moment."}',
    '2026-01-01T00:00:00+01:00', 1);
INSERT INTO call_rules (call_id, version, since, parameters) VALUES (
    '019aa000-0000-7000-8000-000000000001', 1, '2026-01-01T00:00:00+01:00',
    '{"cluster": "local",
      "minGpuHours": 0, "maxGpuHours": 5000, "minCpuHours": 1, "maxCpuHours": 20000,
      "durationsMonths": [1, 2, 3], "decisionWorkingDays": 2, "liveAwardsPerOrganisation": 2,
      "countries": {"asOf": "2025-11-10", "codes": [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
        "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
        "AL", "AM", "BA", "CH", "FO", "GB", "GE", "IL", "IS", "LI", "MD", "ME", "MK", "NO", "RS", "TN", "TR", "UA"]},
      "rules": [
        {"rule": "CALL_OPEN", "kind": "MUST"},
        {"rule": "ESTABLISHED", "kind": "MUST"},
        {"rule": "SME", "kind": "MUST"},
        {"rule": "CIVILIAN_USE", "kind": "MUST"},
        {"rule": "NO_PROHIBITED_PRACTICE", "kind": "MUST"},
        {"rule": "HOURS", "kind": "MUST"},
        {"rule": "DURATION", "kind": "MUST"},
        {"rule": "LIVE_AWARDS", "kind": "EXCEPTION"},
        {"rule": "PERSONAL_DATA", "kind": "SHOULD"}]}');
