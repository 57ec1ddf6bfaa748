-- An enterprise can stand to the declaring one through another: named on each way, so no more once for each declaration. Some
-- investors make no partner, and public bodies make that an enterprise is no SME (Recommendation 2003/361/EC, annex, Article 3).
ALTER TABLE related_enterprise
    ADD COLUMN through text CHECK (length(through) BETWEEN 1 AND 200),
    DROP CONSTRAINT related_enterprise_relation_check,
    ADD CONSTRAINT related_enterprise_relation_check CHECK (relation IN ('LINKED', 'PARTNER', 'INVESTOR', 'PUBLIC_BODY'));
COMMENT ON COLUMN related_enterprise.through IS 'the name of the enterprise that it stands to; null for the declaring one';
DROP INDEX related_enterprise_named_once;
CREATE UNIQUE INDEX related_enterprise_related_once ON related_enterprise (declaration_id, lower(name), lower(coalesce(through, '')));
