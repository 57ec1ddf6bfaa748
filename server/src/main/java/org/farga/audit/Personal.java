package org.farga.audit;

import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * A detail of an audit entry that says something about a person: the entry keeps only a hash of it, so that the value can go
 * with the person while the log still proves itself. E-mail addresses are treated so without being marked.
 *
 * @param person whom it is about, where that is known
 */
public record Personal(@Nullable PersonId person, String value) {}
