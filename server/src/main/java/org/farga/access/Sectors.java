package org.farga.access;

import java.util.List;
import java.util.Locale;
import org.farga.people.RoleScope;
import org.farga.platform.Messages;
import org.farga.shared.ScopedRole;
import org.springframework.stereotype.Component;

/** The sectors that a proposal can be of, and that a coordinator can look after. */
@Component
class Sectors implements RoleScope {
    static final List<String> CODES = List.of(
            "agriculture-climate",
            "communication-media",
            "energy",
            "finance",
            "health",
            "legal",
            "neurotechnology",
            "public-administration",
            "other");

    private final Messages messages;

    Sectors(Messages messages) {
        this.messages = messages;
    }

    @Override
    public ScopedRole.Kind kind() {
        return ScopedRole.Kind.COORDINATOR;
    }

    @Override
    public List<Choice> choices(Locale language) {
        return CODES.stream()
                .map(code -> new Choice(code, messages.text(language, "access.sector." + code)))
                .toList();
    }
}
