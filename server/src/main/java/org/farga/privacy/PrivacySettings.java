package org.farga.privacy;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What an operator sets under {@code farga.privacy.}.
 *
 * @param coolingOffDays between asking to be forgotten and being so
 * @param exportDays for which a copy of one's data can be downloaded
 * @param contact whom the privacy notice names: the data protection officer's address
 */
@ConfigurationProperties("farga.privacy")
record PrivacySettings(
        @DefaultValue("14") int coolingOffDays,
        @DefaultValue("7") int exportDays,
        @DefaultValue("") String contact) {}
