-- A whole centre, the same for the same size: chance comes from hashes of row numbers. Every constraint of the schema is
-- checked as it is filled. ${people} and the others are put in by the program.
--> tools
CREATE SCHEMA IF NOT EXISTS bench;
--> a number from 0 to 1 for a row and a purpose
CREATE OR REPLACE FUNCTION bench.chance(n bigint, purpose int) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(n, purpose) & 1048575) / 1048576.0;
--> identifiers that are ordered by time, as Farga's are
CREATE OR REPLACE FUNCTION bench.id(kind text, n bigint, at timestamptz) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(kind || n), 1, 3)
            || '8' || substr(md5(kind || n), 4, 15))::uuid;
--> the day the centre was made
CREATE TABLE bench.made AS SELECT date_trunc('day', now()) AS at;

--> people
CREATE TABLE bench.person AS
SELECT n, bench.id('person', n, (SELECT at FROM bench.made) - interval '700 days' + n * interval '1 minute') AS id,
       (SELECT at FROM bench.made) - interval '700 days' + n * interval '1 minute' AS at
FROM generate_series(0, ${people} - 1) n;
--> people of the centre's table
INSERT INTO person (id, email, name, language, created_at)
SELECT id, 'person' || n || '@bench.example',
       (ARRAY['Ana','Pau','Marta','Jordi','Laia','Erik','Nora','Iker','Joana','Marc'])[1 + n % 10] || ' '
       || (ARRAY['Ribas','Ferrer','Vidal','Puig','Serra','Costa','Roca','Soler','Bosch','Mas'])[1 + (n / 10) % 10] || ' ' || n,
       (ARRAY['en', 'es', 'ca'])[1 + n % 3], at
FROM bench.person;
--> organisations
CREATE TABLE bench.organisation AS
SELECT n, bench.id('organisation', n, (SELECT at FROM bench.made) - interval '690 days' + n * interval '3 minutes') AS id,
       (SELECT at FROM bench.made) - interval '690 days' + n * interval '3 minutes' AS at
FROM generate_series(0, ${organisations} - 1) n;
--> organisations of the centre's table
INSERT INTO organisation (id, name, country, founded_on, created_by, created_at)
SELECT o.id, 'Startup ' || o.n || ' SL', (ARRAY['ES','FR','PT','IT','DE'])[1 + o.n % 5], '2020-01-01', p.id, o.at
FROM bench.organisation o JOIN bench.person p ON p.n = o.n * 4 % ${people};
--> memberships: four people each, the first the owner; every tenth person in a second organisation
INSERT INTO membership (organisation_id, person_id, role, since)
SELECT o.id, p.id, CASE WHEN p.n % 4 = 0 THEN 'OWNER' ELSE 'MEMBER' END, o.at
FROM bench.person p JOIN bench.organisation o ON o.n = p.n / 4
UNION ALL
SELECT o.id, p.id, 'MEMBER', o.at
FROM bench.person p JOIN bench.organisation o ON o.n = (p.n / 4 + 7) % ${organisations} WHERE p.n % 10 = 3 AND ${organisations} > 7;
--> what organisations declared of their size
INSERT INTO size_declaration (id, organisation_id, year, staff_awu, turnover_eur, balance_sheet_eur, declared_by, declared_at)
SELECT bench.id('size', o.n, o.at), o.id, 2025, 1 + o.n % 200, 100000 + o.n * 100, 90000 + o.n * 100, p.id, o.at
FROM bench.organisation o JOIN bench.person p ON p.n = o.n * 4 % ${people};
--> projects
CREATE TABLE bench.project AS
SELECT n, bench.id('project', n, m.at - interval '680 days' + n * interval '400 minutes') AS id,
       m.at - interval '680 days' + n * interval '400 minutes' AS at, n % ${organisations} AS organisation
FROM generate_series(0, ${projects} - 1) n, bench.made m;
--> projects of the centre's table
INSERT INTO project (id, slug, name, organisation_id, opened_by_proposal_id, opened_at)
SELECT p.id, 'project-' || p.n, 'Project ' || p.n || ': '
       || (ARRAY['reading meters','finding cracks','speech for all','proteins','weather of a street'])[1 + p.n % 5],
       o.id, bench.id('proposal', p.n * 5, p.at), p.at
FROM bench.project p JOIN bench.organisation o ON o.n = p.organisation;
--> who works in them: all of the organisation
INSERT INTO project_member (project_id, person_id, role, since)
SELECT p.id, m.id, CASE WHEN m.n % 4 = 0 THEN 'LEAD' ELSE 'MEMBER' END, p.at
FROM bench.project p JOIN bench.person m ON m.n / 4 = p.organisation;
--> allocations: five each, a quarter of a year each, one after another, the last one running
CREATE TABLE bench.allocation AS
SELECT n, bench.id('allocation', n, m.at - (5 - n % 5) * interval '90 days' + n * interval '1 second') AS id,
       n / 5 AS project, m.at - (4 - n % 5) * interval '90 days' - interval '60 days' AS starts_at
FROM generate_series(0, ${allocations} - 1) n, bench.made m;
--> proposals: one for each allocation, and some that were not awarded
INSERT INTO proposal (id, code, call_id, organisation_id, created_by, created_at, edited_at, state, title, abstract,
    gpu_milliseconds, cpu_milliseconds, duration_months, civilian_use, no_prohibited_practice, personal_data,
    submitted_at, submitted_by, rules_version, findings, decided_at, awarded_gpu_milliseconds, awarded_cpu_milliseconds,
    award_ends_at, project_id)
SELECT bench.id('proposal', a.n, p.at), 'PG-2024-' || lpad((100000 + a.n)::text, 6, '0'), c.id, o.id, w.id,
       a.starts_at - interval '2 hours', a.starts_at - interval '1 hour', 'AWARDED', 'Proposal ' || a.n, 'What it is about',
       18000000000, 72000000000, 3, true, true, false,
       a.starts_at - interval '1 hour', w.id, c.rules_version, '[]', a.starts_at, 18000000000, 72000000000,
       a.starts_at + interval '90 days', p.id
FROM bench.allocation a JOIN bench.project p ON p.n = a.project JOIN bench.organisation o ON o.n = p.organisation
     JOIN bench.person w ON w.n = p.organisation * 4 % ${people}, call c WHERE c.code = 'PLAYGROUND';
--> proposals that are drafts or were withdrawn
INSERT INTO proposal (id, code, call_id, organisation_id, created_by, created_at, edited_at, state, title, abstract,
    gpu_milliseconds, cpu_milliseconds, duration_months, civilian_use, no_prohibited_practice, personal_data,
    submitted_at, submitted_by, rules_version, findings, due_at, withdrawn_at)
SELECT bench.id('unawarded', g.n, m.at - g.n * interval '1 hour'), 'PG-2024-' || lpad((500000 + g.n)::text, 6, '0'), c.id, o.id, w.id,
       m.at - g.n * interval '1 hour', m.at - g.n * interval '1 hour', CASE WHEN g.n % 2 = 0 THEN 'DRAFT' ELSE 'WITHDRAWN' END,
       'Idea ' || g.n, 'What it would be', 3600000000, 3600000000, 3, true, true, false,
       CASE WHEN g.n % 2 = 1 THEN m.at - g.n * interval '1 hour' END, CASE WHEN g.n % 2 = 1 THEN w.id END,
       CASE WHEN g.n % 2 = 1 THEN c.rules_version END, CASE WHEN g.n % 2 = 1 THEN '[]'::jsonb END,
       CASE WHEN g.n % 2 = 1 THEN m.at - g.n * interval '1 hour' + interval '2 days' END,
       CASE WHEN g.n % 2 = 1 THEN m.at - g.n * interval '1 hour' + interval '5 minutes' END
FROM generate_series(0, ${allocations} / 4) AS g (n) JOIN bench.organisation o ON o.n = g.n % ${organisations}
     JOIN bench.person w ON w.n = o.n * 4 % ${people}, bench.made m, call c WHERE c.code = 'PLAYGROUND';
--> allocations of the centre's table
INSERT INTO allocation (id, project_id, cluster, gpu_milliseconds, cpu_milliseconds, starts_at, ends_at, proposal_id,
    proposal_code, call_title)
SELECT a.id, p.id, 'local', 1800000000000, 7200000000000, a.starts_at, a.starts_at + interval '90 days',
       bench.id('proposal', a.n, p.at), 'PG-2024-' || lpad((100000 + a.n)::text, 6, '0'), 'AI Factory Playground'
FROM bench.allocation a JOIN bench.project p ON p.n = a.project;
--> datasets
CREATE TABLE bench.dataset AS
SELECT n, bench.id('dataset', n, m.at - interval '600 days' + n * interval '1 hour') AS id,
       m.at - interval '600 days' + n * interval '1 hour' AS at
FROM generate_series(0, greatest(${people} / 25, 4)) n, bench.made m;
--> datasets of the centre's table
INSERT INTO dataset (id, slug, title, summary, licence, card, preview_public, created_by, created_at)
SELECT d.id, 'data-' || d.n,
       (ARRAY['Handwritten digits','Street noise','Leaves','Meter readings','Radiographs'])[1 + d.n % 5] || ' ' || d.n,
       'Rows that somebody collected with care', 'CC-BY-4.0',
       repeat('This is how the rows were collected, by whom, and what they are good for. ', 20), true, p.id, d.at
FROM bench.dataset d JOIN bench.person p ON p.n = d.n % ${people};
--> their terms
INSERT INTO dataset_terms (dataset_id, version, text, sha256, written_by, since)
SELECT d.id, 1, 'Name the authors.', sha256('Name the authors.'), p.id, d.at
FROM bench.dataset d JOIN bench.person p ON p.n = d.n % ${people};
--> their versions
INSERT INTO dataset_version (id, dataset_id, number, state, created_by, created_at, published_by, published_at, files,
    size_bytes, manifest_sha256)
SELECT bench.id('version', d.n * 2 + v, d.at), d.id, v, 'PUBLISHED', p.id, d.at, p.id, d.at, 1, 1000, sha256('manifest')
FROM bench.dataset d JOIN bench.person p ON p.n = d.n % ${people}, generate_series(1, 2) v;
--> what may change of them
DO $$ BEGIN
    IF to_regclass('model_version_note') IS NOT NULL THEN
        INSERT INTO model_version_note (model_id, number, description, stage, changed_at)
        SELECT model_id, number, '', 'None', registered_at FROM model_version;
    END IF;
END $$;
--> agreements
INSERT INTO agreement (id, organisation_id, dataset_id, terms_version, terms_sha256, accepted_by, accepted_at)
SELECT bench.id('agreement', o.n * 10 + k, o.at), o.id, d.id, 1, sha256('Name the authors.'), p.id,
       (SELECT at FROM bench.made) - interval '500 days'
FROM bench.organisation o JOIN bench.person p ON p.n = o.n * 4 % ${people}, generate_series(0, 2) k, bench.dataset d
WHERE d.n = (o.n + k * 3) % (SELECT count(*) FROM bench.dataset);
--> a plan of the jobs: some allocations have many, most have few
CREATE UNLOGGED TABLE bench.job AS
SELECT n AS number, least(floor(${allocations} * power(bench.chance(n, 1), 2))::bigint, ${allocations} - 1) AS allocation,
       m.at - (${jobs} - n) * (interval '400 days' / ${jobs}) - interval '1 day' AS submitted_at,
       bench.chance(n, 2) AS fate, 60 + floor(600 * bench.chance(n, 3))::int AS seconds, (n % 4)::int AS gpus,
       (1 + n % 8)::int AS cpus, (n % 4)::int AS who
FROM generate_series(1::bigint, ${jobs}) n, bench.made m;
--> jobs
INSERT INTO job (number, name, project_id, allocation_id, cluster, submitted_by, submitted_at, script, script_sha256, cpus,
    memory_mebibytes, gpus, time_limit_seconds, disk_mebibytes, environment, stage, state, reason, engine_job_id, started_at,
    ended_at, exit_code, held_nodes, held_cpus, held_memory_mebibytes, held_gpus, held_gpu_indexes, cpu_milliseconds,
    peak_memory_mebibytes, cancel_requested_at, cancel_why, cancelled_by, failure_seen_at)
SELECT j.number, 'job ' || j.number, p.id, a.id, 'local', w.id, j.submitted_at, '#!/bin/sh' || chr(10) || 'train --seed ' || j.number,
       sha256('script'), j.cpus, 2048, j.gpus, 3600, 2048, '{}', 'ENDED',
       CASE WHEN fate < 0.9 THEN 'COMPLETED' WHEN fate < 0.96 THEN 'FAILED' WHEN fate < 0.98 THEN 'TIMEOUT' ELSE 'CANCELLED' END,
       CASE WHEN fate >= 0.98 THEN 'Cancelled' END, j.number::text, j.submitted_at + interval '10 seconds',
       j.submitted_at + interval '10 seconds' + j.seconds * interval '1 second', CASE WHEN fate < 0.9 THEN 0 ELSE 1 END, 'node1',
       j.cpus, 2048, j.gpus, ARRAY(SELECT g FROM generate_series(0, j.gpus - 1) g), 1000, 100,
       CASE WHEN fate >= 0.98 THEN j.submitted_at + interval '10 seconds' END, CASE WHEN fate >= 0.98 THEN 'PERSON' END,
       CASE WHEN fate >= 0.98 THEN w.id END, CASE WHEN fate >= 0.9 THEN j.submitted_at + interval '1 day' END
FROM bench.job j JOIN bench.allocation a ON a.n = j.allocation JOIN bench.project p ON p.n = a.project
     JOIN bench.person w ON w.n = (p.organisation * 4 + j.who) % ${people}
ORDER BY j.number;
--> numbers go on after them
SELECT setval('job_number', ${jobs} + 1);
--> the statement's lines
INSERT INTO usage_record (job_id, job_name, allocation_id, cluster, person_id, started_at, ended_at, duration_milliseconds,
    gpus, cpus, memory_mebibytes, gpu_milliseconds, cpu_milliseconds)
SELECT number, name, allocation_id, 'local', submitted_by, started_at, ended_at,
       (extract(epoch FROM ended_at - started_at) * 1000)::bigint, gpus, cpus, 2048,
       gpus * (extract(epoch FROM ended_at - started_at) * 1000)::bigint,
       cpus * (extract(epoch FROM ended_at - started_at) * 1000)::bigint
FROM job WHERE started_at IS NOT NULL ORDER BY number;
--> runs
DO $$ BEGIN
    -- The first release knew no experiments.
    IF to_regclass('experiment') IS NULL THEN
        INSERT INTO run (id, job_id, project_id, name, started_by, state, started_at, ended_at, points)
        SELECT bench.id('run', number, started_at), number, project_id, name, submitted_by,
               CASE WHEN state = 'COMPLETED' THEN 'FINISHED' ELSE 'FAILED' END, started_at, ended_at, 0
        FROM job WHERE started_at IS NOT NULL ORDER BY number;
    ELSE
        INSERT INTO experiment (project_id, number, name, created_at, changed_at)
        SELECT id, 0, 'Default', at, at FROM bench.project;
        INSERT INTO run (id, job_id, project_id, name, started_by, state, started_at, ended_at, points, experiment, own)
        SELECT bench.id('run', number, started_at), number, project_id, name, submitted_by,
               CASE WHEN state = 'COMPLETED' THEN 'FINISHED' ELSE 'FAILED' END, started_at, ended_at, 0, 0, true
        FROM job WHERE started_at IS NOT NULL ORDER BY number;
    END IF;
END $$;
--> what one run in five reported
INSERT INTO run_metric (run_id, number, name, points, last_step, last_value, least, most)
SELECT bench.id('run', j.number, j.started_at), k, (ARRAY['loss', 'accuracy'])[k], 1, 100, bench.chance(j.number, 10 + k),
       bench.chance(j.number, 10 + k), bench.chance(j.number, 10 + k)
FROM job j, generate_series(1, 2) k WHERE j.number % 5 = 0;
--> parameters of one run in five
INSERT INTO run_parameter (run_id, name, value)
SELECT bench.id('run', number, started_at), 'learning-rate', round(bench.chance(number, 20)::numeric, 4)::text
FROM job WHERE number % 5 = 0;
--> models
DO $$ BEGIN
    IF to_regclass('model_version_note') IS NULL THEN
        INSERT INTO model (id, project_id, name, created_at)
        SELECT bench.id('model', p.n * 10 + k, p.at), p.id, 'model ' || k, p.at
        FROM bench.project p, generate_series(0, 4) k;
    ELSE
        INSERT INTO model (id, project_id, name, created_at, changed_at, description)
        SELECT bench.id('model', p.n * 10 + k, p.at), p.id, 'model ' || k, p.at, p.at, ''
        FROM bench.project p, generate_series(0, 4) k;
    END IF;
END $$;
--> their versions
INSERT INTO model_version (model_id, number, run_id, registered_at, registered_by, metrics, job_id, job_name, script_sha256,
    allocation_id, cluster, proposal_id, proposal_code, call_title, project_slug, project_name, organisation_id,
    organisation_name)
SELECT bench.id('model', p.n * 10 + (v.r - 1) % 5, p.at), 1 + (v.r - 1) / 5, bench.id('run', v.number, v.started_at), v.ended_at,
       v.submitted_by, '[]', v.number, v.name, encode(v.script_sha256, 'hex'), v.allocation_id, 'local',
       bench.id('proposal', p.n * 5, p.at), 'PG-2024-100000', 'AI Factory Playground', 'project-' || p.n, 'Project ' || p.n,
       o.id, 'Startup ' || o.n || ' SL'
FROM (SELECT j.*, row_number() OVER (PARTITION BY project_id ORDER BY number) AS r FROM job j
      WHERE j.number % 20 = 0 AND j.state = 'COMPLETED') v
     JOIN bench.project p ON p.id = v.project_id JOIN bench.organisation o ON o.n = p.organisation
WHERE v.r <= 20;
--> news: of every job to who submitted it, nearly all read
INSERT INTO notification (id, person_id, at, message, arguments, link, read_at)
SELECT bench.id('notification', number, ended_at), submitted_by, ended_at,
       CASE WHEN state = 'COMPLETED' THEN 'compute.told.completed' ELSE 'compute.told.failed' END,
       CASE WHEN state = 'COMPLETED' THEN jsonb_build_array(name) ELSE jsonb_build_array(name, state) END, '/jobs/' || number,
       CASE WHEN number % 50 <> 0 THEN ended_at + interval '1 hour' END
FROM job ORDER BY number;
--> the audit log
INSERT INTO audit_entry (at, person_id, action, subject_type, subject_id, details)
SELECT submitted_at, submitted_by, 'job.submitted', 'job', number::text,
       jsonb_build_object('name', name, 'allocation', allocation_id, 'scriptSha256', encode(script_sha256, 'hex'))
FROM job ORDER BY number;
--> tokens of everybody, for the bench to come as them
INSERT INTO api_token (id, person_id, name, sha256, scopes, created_at, expires_at, last_used_at)
SELECT bench.id('token', n, at), id, 'bench', sha256(convert_to('farga_token_bench' || n, 'UTF8')),
       ARRAY['READ', 'WRITE', 'COMPUTE', 'CENTRE'], at, now() + interval '10 years', NULL
FROM bench.person;
--> the centre's people: number 1 sees everything
INSERT INTO centre_role (person_id, role, granted_at)
SELECT id, role, at FROM bench.person, unnest(ARRAY['ADMINISTRATOR', 'ACCESS_OFFICER', 'OPERATOR', 'DATA_STEWARD', 'AUDITOR']) role
WHERE n = 1;
--> the project that two hundred people follow
INSERT INTO project_member (project_id, person_id, role, since)
SELECT (SELECT id FROM bench.project WHERE n = 0), id, 'MEMBER', at FROM bench.person WHERE n BETWEEN 4 AND 203;
--> and their membership
INSERT INTO membership (organisation_id, person_id, role, since)
SELECT (SELECT id FROM bench.organisation WHERE n = 0), id, 'MEMBER', at FROM bench.person WHERE n BETWEEN 4 AND 203
ON CONFLICT DO NOTHING;
--> statistics
VACUUM (ANALYZE);
