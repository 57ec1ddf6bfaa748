package org.farga.allocation;

import gg.jte.Content;
import org.farga.platform.Shell;

/** How much of an allocation is used, drawn small beside it; the module that keeps the account has the bean. */
public interface BudgetBar {
    Content barFor(Allocation allocation, Shell shell);
}
