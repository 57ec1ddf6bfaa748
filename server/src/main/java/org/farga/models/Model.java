package org.farga.models;

import java.time.Instant;
import org.farga.shared.Fields;
import org.farga.shared.ModelId;
import org.farga.shared.Outcome;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;

/** A model of a project by its name, of which each training that is registered is a version. */
record Model(ModelId id, ProjectId project, String name, Instant createdAt) {
    static final int LONGEST_NAME = 100;

    /** Checks a name that somebody typed. */
    static Outcome<Model> create(ProjectId project, @Nullable String name, Instant now) {
        var refusal = new Fields()
                .text("name", name, LONGEST_NAME)
                .rule("name", name == null || name.lines().count() <= 1, "one-line")
                .refusal();
        return refusal.isPresent() || name == null
                ? Outcome.refused(refusal.orElseThrow())
                : Outcome.done(new Model(ModelId.create(), project, name.strip(), now));
    }
}
