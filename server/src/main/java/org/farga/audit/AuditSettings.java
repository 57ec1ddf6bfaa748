package org.farga.audit;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an operator sets of the audit log, under {@code farga.audit.}.
 *
 * @param key file of the key that signs checkpoints; without it, {@code audit/key.pem} in the data folder. All processes on one
 *     database need the same
 * @param origin the log's name in checkpoints; without it, the public address
 * @param acceptNewKey whether a key is taken that the one before it does not vouch for, because that one is lost
 * @param checkEvery how often the whole log is checked
 */
@ConfigurationProperties("farga.audit")
record AuditSettings(
        @Nullable Path key,
        @Nullable String origin,
        @DefaultValue("false") boolean acceptNewKey,
        @DefaultValue("PT6H") Duration checkEvery) {}
