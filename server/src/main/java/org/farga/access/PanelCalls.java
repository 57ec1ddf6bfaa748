package org.farga.access;

import java.util.List;
import java.util.Locale;
import org.farga.people.RoleScope;
import org.farga.shared.ScopedRole;
import org.springframework.stereotype.Component;

/** The calls whose panel somebody can be put on, the newest first. */
@Component
class PanelCalls implements RoleScope {
    private static final int MOST = 200;

    private final CallTable table;

    PanelCalls(CallTable table) {
        this.table = table;
    }

    @Override
    public ScopedRole.Kind kind() {
        return ScopedRole.Kind.PANEL_MEMBER;
    }

    @Override
    public List<Choice> choices(Locale language) {
        return table.list(true, null, MOST).stream()
                .map(call -> new Choice(call.id().toString(), call.code() + " · " + call.title()))
                .toList();
    }
}
