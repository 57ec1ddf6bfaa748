package org.farga.identity;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is asked of whoever signs up; an operator sets it under {@code farga.sign-up.}
 *
 * @param verifyAddress whether an address must be proved, by the link that was mailed there, before its person hands in a
 *     proposal or is given a role at the centre; where no mail goes out nobody can, and nobody is asked to
 */
@ConfigurationProperties("farga.sign-up")
record SignUpSettings(@DefaultValue("true") boolean verifyAddress) {}
