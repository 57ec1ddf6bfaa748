package org.farga.usage;

import java.util.List;
import java.util.UUID;
import org.farga.shared.OrganisationId;
import org.farga.shared.ProjectId;
import org.jspecify.annotations.Nullable;

/** A module that keeps bytes for others says here how many and whose they are; usage counts them by the hour. */
public interface StoredBytes {
    /** What is kept. */
    enum Kind {
        /** Contents of datasets' versions, drafts and retired ones among them: the provider's. */
        DATASETS,
        /** Files of runs, logged models and model versions, as a project's quota counts them: the project's. */
        PROJECT_FILES
    }

    /** A project, or an organisation, or where neither is named the centre itself. */
    record Owner(@Nullable ProjectId project, @Nullable OrganisationId organisation) {
        static final Owner CENTRE = new Owner(null, null);
        private static final UUID NOBODY = new UUID(0, 0);

        public static Owner of(ProjectId project) {
            return new Owner(project, null);
        }

        /** @param organisation null where the bytes are the centre's */
        public static Owner ofProvider(@Nullable OrganisationId organisation) {
            return organisation == null ? CENTRE : new Owner(null, organisation);
        }

        /** One of its own, also of the centre. */
        UUID id() {
            return project != null ? project.value() : organisation != null ? organisation.value() : NOBODY;
        }
    }

    /** Bytes that an owner keeps now: the same content counts once for each owner, however often they name it. */
    record Holding(Owner owner, long bytes) {}

    /** The one kind that this module keeps; no other module keeps it. */
    Kind kind();

    /** All that is kept at this moment, each owner once; owners without bytes may be left out. Asked every ten minutes. */
    List<Holding> holdings();
}
