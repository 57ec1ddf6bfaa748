-- Editions of the other access modes, prepared and not published: an access officer looks at their figures, changes what is
-- different here, and publishes them. Where time is granted and which countries count is as the standing Playground call has it
-- now. Figures of the AI Factories' modes are as their joint undertaking gives them; sizes of the others are the centre's to set.
CREATE FUNCTION pg_temp.edition(number int, code text, prefix text, title text, mode text, summary jsonb, gpu jsonb, own jsonb, sme boolean)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    base jsonb;
    made uuid := ('019aa000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid;
BEGIN
    IF EXISTS (SELECT FROM call c WHERE c.code = edition.code) THEN
        RETURN;
    END IF;
    SELECT r.parameters INTO base FROM call c JOIN call_rules r ON r.call_id = c.id AND r.version = c.rules_version
    WHERE c.code = 'PLAYGROUND';
    INSERT INTO call (id, code, code_prefix, title, mode, summary, opens_at, rules_version)
    VALUES (made, code, prefix, title, mode, summary, '2026-11-23T00:00:00+01:00', 1);
    INSERT INTO call_rules (call_id, version, since, parameters) VALUES (made, 1, '2026-11-23T00:00:00+01:00',
        jsonb_build_object(
            'partitions', jsonb_build_array(gpu || jsonb_build_object(
                'cluster', base -> 'cluster', 'minCpuHours', 0, 'maxCpuHours', 100000000, 'available', '[]'::jsonb)),
            'awardAtOnce', false,
            'liveAwardsPerOrganisation', 2,
            'countries', base -> 'countries',
            'rules', '[{"rule": "CALL_OPEN", "kind": "MUST"}, {"rule": "PARTITION_OPEN", "kind": "MUST"},
                       {"rule": "ESTABLISHED", "kind": "MUST"}]'::jsonb
                || CASE WHEN sme THEN '[{"rule": "SME", "kind": "MUST"}]'::jsonb ELSE '[]'::jsonb END
                || '[{"rule": "CIVILIAN_USE", "kind": "MUST"}, {"rule": "NO_PROHIBITED_PRACTICE", "kind": "MUST"},
                     {"rule": "HOURS", "kind": "MUST"}, {"rule": "DURATION", "kind": "MUST"},
                     {"rule": "LIVE_AWARDS", "kind": "EXCEPTION"}, {"rule": "PERSONAL_DATA", "kind": "SHOULD"}]'::jsonb)
        || own);
END $$;


SELECT pg_temp.edition(2, 'FAST-LANE', 'FL', 'AI Factory Fast Lane', 'FAST_LANE',
    '{"en": "For startups and SMEs that know what they train: up to 50,000 GPU-hours on one system. Always open, first come, first served, after a short technical assessment.", "es": "Para startups y pymes que saben qué entrenan: hasta 50.000 horas de GPU en un sistema. Siempre abierta, por orden de llegada, tras una breve evaluación técnica.", "ca": "Per a startups i pimes que saben què entrenen: fins a 50.000 hores de GPU en un sistema. Sempre oberta, per ordre d''arribada, després d''una breu avaluació tècnica."}',
    '{"minGpuHours": 0, "maxGpuHours": 50000}',
    '{"durationsMonths": [1, 2, 3], "intake": {"rolling": true, "cutOffs": []}, "form": ["PROJECT", "RESOURCES", "DECLARATIONS", "JOBS", "STORAGE"], "steps": [{"kind": "ADMINISTRATIVE_CHECK", "workingDays": 1}, {"kind": "TECHNICAL_ASSESSMENT", "workingDays": 2}, {"kind": "DECISION", "workingDays": 1}], "audience": ["STARTUP_OR_SME"]}',
    true);

SELECT pg_temp.edition(3, 'LARGE-SCALE', 'LS', 'AI Factory Large Scale', 'LARGE_SCALE',
    '{"en": "For startups and SMEs that train large models: more than 50,000 GPU-hours. Two cut-offs a month; technical assessment and review by experts.", "es": "Para startups y pymes que entrenan modelos grandes: más de 50.000 horas de GPU. Dos fechas de corte al mes; evaluación técnica y revisión por expertos.", "ca": "Per a startups i pimes que entrenen models grans: més de 50.000 hores de GPU. Dues dates de tall al mes; avaluació tècnica i revisió per experts."}',
    '{"minGpuHours": 50000.01, "maxGpuHours": 5000000}',
    '{"durationsMonths": [3, 6, 12], "intake": {"rolling": false, "cutOffs": ["2026-12-15T10:00:00", "2026-12-31T10:00:00", "2027-01-15T10:00:00", "2027-01-29T10:00:00", "2027-02-15T10:00:00", "2027-02-26T10:00:00", "2027-03-15T10:00:00", "2027-03-31T10:00:00", "2027-04-15T10:00:00", "2027-04-30T10:00:00", "2027-05-14T10:00:00", "2027-05-31T10:00:00", "2027-06-15T10:00:00", "2027-06-30T10:00:00", "2027-07-15T10:00:00", "2027-07-30T10:00:00", "2027-08-13T10:00:00", "2027-08-31T10:00:00", "2027-09-15T10:00:00", "2027-09-30T10:00:00", "2027-10-15T10:00:00", "2027-10-29T10:00:00", "2027-11-15T10:00:00", "2027-11-30T10:00:00", "2027-12-15T10:00:00", "2027-12-31T10:00:00"]}, "form": ["PROJECT", "RESOURCES", "DECLARATIONS", "TEAM", "JOBS", "STORAGE", "PLAN", "ETHICS", "DATA_PROTECTION"], "steps": [{"kind": "ADMINISTRATIVE_CHECK", "workingDays": 1}, {"kind": "TECHNICAL_ASSESSMENT", "workingDays": 3}, {"kind": "EXPERT_REVIEW", "workingDays": 4}, {"kind": "DECISION", "workingDays": 2}, {"kind": "ACCEPTANCE", "workingDays": 5}], "audience": ["STARTUP_OR_SME"], "review": {"reviewersNeeded": 2, "lowest": 0, "highest": 5, "thresholds": [{"criterion": "EXCELLENCE", "atLeast": 3}, {"criterion": "IMPACT", "atLeast": 3}, {"criterion": "IMPLEMENTATION", "atLeast": 3}]}}',
    true);

SELECT pg_temp.edition(4, 'AI-FOR-SCIENCE', 'AS', 'AI for Science and Collaborative EU Projects', 'AI_FOR_SCIENCE',
    '{"en": "For research, public bodies and collaborative projects of the Union that use artificial intelligence. A cut-off every two months; decided within a month of it.", "es": "Para investigación, organismos públicos y proyectos colaborativos de la Unión que usan inteligencia artificial. Una fecha de corte cada dos meses; se decide en el mes siguiente.", "ca": "Per a recerca, organismes públics i projectes col·laboratius de la Unió que fan servir intel·ligència artificial. Una data de tall cada dos mesos; es decideix en el mes següent."}',
    '{"minGpuHours": 0, "maxGpuHours": 1000000}',
    '{"durationsMonths": [6], "intake": {"rolling": false, "cutOffs": ["2026-12-31T10:00:00", "2027-02-26T10:00:00", "2027-04-30T10:00:00", "2027-06-30T10:00:00", "2027-08-31T10:00:00", "2027-10-29T10:00:00", "2027-12-31T10:00:00"]}, "form": ["PROJECT", "RESOURCES", "DECLARATIONS", "TEAM", "JOBS", "STORAGE", "PLAN", "ETHICS", "DATA_PROTECTION"], "steps": [{"kind": "ADMINISTRATIVE_CHECK", "workingDays": 2}, {"kind": "TECHNICAL_ASSESSMENT", "workingDays": 5}, {"kind": "EXPERT_REVIEW", "workingDays": 10}, {"kind": "DECISION", "workingDays": 3}, {"kind": "ACCEPTANCE", "workingDays": 5}], "audience": ["RESEARCH", "PUBLIC_BODY"], "review": {"reviewersNeeded": 2, "lowest": 0, "highest": 5, "thresholds": [{"criterion": "EXCELLENCE", "atLeast": 3}, {"criterion": "IMPACT", "atLeast": 3}, {"criterion": "IMPLEMENTATION", "atLeast": 3}]}}',
    false);

SELECT pg_temp.edition(5, 'BENCHMARK', 'BM', 'Benchmark Access', 'BENCHMARK',
    '{"en": "A small amount of time to measure how a code scales before a larger proposal. Always open.", "es": "Un poco de tiempo para medir cómo escala un código antes de una propuesta mayor. Siempre abierta.", "ca": "Una mica de temps per mesurar com escala un codi abans d''una proposta més gran. Sempre oberta."}',
    '{"minGpuHours": 0, "maxGpuHours": 2000}',
    '{"durationsMonths": [1, 2, 3], "intake": {"rolling": true, "cutOffs": []}, "form": ["PROJECT", "RESOURCES", "DECLARATIONS", "JOBS"], "steps": [{"kind": "ADMINISTRATIVE_CHECK", "workingDays": 2}, {"kind": "TECHNICAL_ASSESSMENT", "workingDays": 5}, {"kind": "DECISION", "workingDays": 3}], "audience": ["STARTUP_OR_SME", "LARGE_COMPANY", "RESEARCH", "PUBLIC_BODY"]}',
    false);

SELECT pg_temp.edition(6, 'DEVELOPMENT', 'DV', 'Development Access', 'DEVELOPMENT',
    '{"en": "Time to develop and optimise codes for a year. A cut-off each month.", "es": "Tiempo para desarrollar y optimizar códigos durante un año. Una fecha de corte cada mes.", "ca": "Temps per desenvolupar i optimitzar codis durant un any. Una data de tall cada mes."}',
    '{"minGpuHours": 0, "maxGpuHours": 10000}',
    '{"durationsMonths": [12], "intake": {"rolling": false, "cutOffs": ["2027-02-01T10:00:00", "2027-03-01T10:00:00", "2027-04-01T10:00:00", "2027-04-30T10:00:00", "2027-06-01T10:00:00", "2027-07-01T10:00:00", "2027-07-30T10:00:00", "2027-09-01T10:00:00", "2027-10-01T10:00:00", "2027-10-29T10:00:00", "2027-12-01T10:00:00"]}, "form": ["PROJECT", "RESOURCES", "DECLARATIONS", "JOBS", "PLAN"], "steps": [{"kind": "ADMINISTRATIVE_CHECK", "workingDays": 3}, {"kind": "TECHNICAL_ASSESSMENT", "workingDays": 7}, {"kind": "DECISION", "workingDays": 5}], "audience": ["STARTUP_OR_SME", "LARGE_COMPANY", "RESEARCH", "PUBLIC_BODY"]}',
    false);

SELECT pg_temp.edition(7, 'REGULAR', 'RG', 'Regular Access', 'REGULAR',
    '{"en": "A year of time for work that is ready for large resources, after technical assessment, review by experts and a panel.", "es": "Un año de tiempo para trabajos listos para grandes recursos, tras evaluación técnica, revisión por expertos y un panel.", "ca": "Un any de temps per a treballs a punt per a grans recursos, després d''avaluació tècnica, revisió per experts i un panell."}',
    '{"minGpuHours": 0, "maxGpuHours": 2000000}',
    '{"durationsMonths": [12], "intake": {"rolling": false, "cutOffs": ["2027-03-05T10:00:00", "2027-09-03T10:00:00"]}, "form": ["PROJECT", "RESOURCES", "DECLARATIONS", "TEAM", "JOBS", "STORAGE", "PLAN", "ETHICS", "DATA_PROTECTION"], "steps": [{"kind": "ADMINISTRATIVE_CHECK", "workingDays": 5}, {"kind": "TECHNICAL_ASSESSMENT", "workingDays": 15}, {"kind": "EXPERT_REVIEW", "workingDays": 35}, {"kind": "PANEL", "workingDays": 15}, {"kind": "DECISION", "workingDays": 10}, {"kind": "ACCEPTANCE", "workingDays": 10}], "audience": ["LARGE_COMPANY", "RESEARCH", "PUBLIC_BODY"], "review": {"reviewersNeeded": 3, "lowest": 0, "highest": 5, "thresholds": [{"criterion": "EXCELLENCE", "atLeast": 3}, {"criterion": "IMPACT", "atLeast": 3}, {"criterion": "IMPLEMENTATION", "atLeast": 3}]}}',
    false);

SELECT pg_temp.edition(8, 'EXTREME-SCALE', 'XS', 'Extreme Scale Access', 'EXTREME_SCALE',
    '{"en": "The largest requests, for work of high impact that needs most of a machine. Two cut-offs a year.", "es": "Las solicitudes más grandes, para trabajos de gran impacto que necesitan la mayor parte de una máquina. Dos fechas de corte al año.", "ca": "Les sol·licituds més grans, per a treballs de gran impacte que necessiten la major part d''una màquina. Dues dates de tall l''any."}',
    '{"minGpuHours": 1000000.01, "maxGpuHours": 20000000}',
    '{"durationsMonths": [12], "intake": {"rolling": false, "cutOffs": ["2027-05-03T10:00:00", "2027-10-25T10:00:00"]}, "form": ["PROJECT", "RESOURCES", "DECLARATIONS", "TEAM", "JOBS", "STORAGE", "PLAN", "ETHICS", "DATA_PROTECTION"], "steps": [{"kind": "ADMINISTRATIVE_CHECK", "workingDays": 5}, {"kind": "TECHNICAL_ASSESSMENT", "workingDays": 20}, {"kind": "EXPERT_REVIEW", "workingDays": 60}, {"kind": "PANEL", "workingDays": 20}, {"kind": "DECISION", "workingDays": 15}, {"kind": "ACCEPTANCE", "workingDays": 10}], "audience": ["LARGE_COMPANY", "RESEARCH", "PUBLIC_BODY"], "review": {"reviewersNeeded": 3, "lowest": 0, "highest": 5, "thresholds": [{"criterion": "EXCELLENCE", "atLeast": 3}, {"criterion": "IMPACT", "atLeast": 3}, {"criterion": "IMPLEMENTATION", "atLeast": 3}]}}',
    false);
