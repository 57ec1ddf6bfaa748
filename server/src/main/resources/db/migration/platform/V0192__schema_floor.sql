-- The oldest program that may still run on this schema, by its newest migration. A migration that takes away or changes the
-- meaning of what an older program uses (the "contract" of expand and contract, CONTRIBUTING.md) raises it.
CREATE TABLE schema_floor (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    version int     NOT NULL CHECK (version >= 0)
);
INSERT INTO schema_floor (version) VALUES (0);
