-- What organisations declare of their size; rows are only added, the last one counts.
CREATE TABLE size_declaration (
    id                uuid           PRIMARY KEY,
    organisation_id   uuid           NOT NULL REFERENCES organisation (id),
    year              int            NOT NULL CHECK (year BETWEEN 1990 AND 9999),
    staff_awu         numeric(10, 2) NOT NULL CHECK (staff_awu BETWEEN 0 AND 50000000),
    turnover_eur      numeric(16, 2) NOT NULL CHECK (turnover_eur BETWEEN 0 AND 10000000000000),
    balance_sheet_eur numeric(16, 2) NOT NULL CHECK (balance_sheet_eur BETWEEN 0 AND 10000000000000),
    declared_by       uuid           NOT NULL REFERENCES person (id),
    declared_at       timestamptz    NOT NULL
);
COMMENT ON COLUMN size_declaration.staff_awu IS 'annual work units (Recommendation 2003/361/EC, annex, Article 5)';
CREATE INDEX size_declaration_organisation ON size_declaration (organisation_id, declared_at DESC, id DESC);

CREATE TABLE related_enterprise (
    declaration_id    uuid           NOT NULL REFERENCES size_declaration (id),
    position          int            NOT NULL CHECK (position BETWEEN 0 AND 99),
    name              text           NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    relation          text           NOT NULL CHECK (relation IN ('LINKED', 'PARTNER')),
    share_percent     numeric(5, 2)  NOT NULL CHECK (share_percent BETWEEN 0 AND 100),
    staff_awu         numeric(10, 2) NOT NULL CHECK (staff_awu BETWEEN 0 AND 50000000),
    turnover_eur      numeric(16, 2) NOT NULL CHECK (turnover_eur BETWEEN 0 AND 10000000000000),
    balance_sheet_eur numeric(16, 2) NOT NULL CHECK (balance_sheet_eur BETWEEN 0 AND 10000000000000),
    PRIMARY KEY (declaration_id, position)
);
CREATE UNIQUE INDEX related_enterprise_named_once ON related_enterprise (declaration_id, lower(name));
