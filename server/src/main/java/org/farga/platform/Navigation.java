package org.farga.platform;

import java.util.Arrays;
import java.util.List;
import org.farga.shared.Actor;
import org.farga.shared.CentreRole;
import org.jspecify.annotations.Nullable;

/** The pages that stand in every page's menu, each for those who have use for it. */
public enum Navigation {
    HOME("/", For.SIGNED_IN),
    CALLS("/calls", For.ANYONE),
    PROPOSALS("/proposals", For.SIGNED_IN),
    PROJECTS("/projects", For.SIGNED_IN),
    DATASETS("/datasets", For.ANYONE),
    JOBS("/jobs", For.SIGNED_IN),
    CLUSTERS("/clusters", For.SIGNED_IN),
    MODELS("/models", For.SIGNED_IN),
    ORGANISATIONS("/organisations", For.SIGNED_IN),
    AID("/aid", For.AID),
    CENTRE("/centre", For.CENTRE),
    OPERATIONS("/operations", For.OPERATIONS),
    AUDIT("/audit", For.AUDIT);

    private enum For {
        ANYONE,
        SIGNED_IN,
        AID,
        CENTRE,
        OPERATIONS,
        AUDIT
    }

    private final String path;
    private final For whom;

    Navigation(String path, For whom) {
        this.path = path;
        this.whom = whom;
    }

    public String path() {
        return path;
    }

    /** The message key of its label. */
    public String label() {
        return "nav." + name().toLowerCase(java.util.Locale.ROOT);
    }

    /** Whether a page at this address belongs under this entry. */
    public boolean holds(String address) {
        return this == HOME ? address.equals("/") : address.equals(path) || address.startsWith(path + "/");
    }

    static List<Navigation> visibleTo(@Nullable Actor actor) {
        return Arrays.stream(values())
                .filter(entry -> switch (entry.whom) {
                    case ANYONE -> true;
                    case SIGNED_IN -> actor != null;
                    case CENTRE ->
                        actor != null
                                && actor.isAny(
                                        CentreRole.ADMINISTRATOR, CentreRole.OPERATOR, CentreRole.ACCESS_OFFICER);
                    case AID ->
                        actor != null
                                && actor.isAny(CentreRole.ACCESS_OFFICER, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR);
                    case OPERATIONS ->
                        actor != null && actor.isAny(CentreRole.OPERATOR, CentreRole.ADMINISTRATOR, CentreRole.AUDITOR);
                    case AUDIT -> actor != null && actor.isAny(CentreRole.AUDITOR, CentreRole.ADMINISTRATOR);
                })
                .toList();
    }
}
