package org.farga.people;

import java.util.List;
import java.util.Locale;
import org.farga.shared.ScopedRole;

/** What a role of one kind can be over; the module that knows those things has the bean. */
public interface RoleScope {
    ScopedRole.Kind kind();

    /** All that the role can be given for, in the order to choose from. */
    List<Choice> choices(Locale language);

    /**
     * @param scope what is kept
     * @param title what people call it
     */
    record Choice(String scope, String title) {}
}
