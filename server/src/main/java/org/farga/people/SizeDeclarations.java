package org.farga.people;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.farga.audit.AuditLog;
import org.farga.shared.Actor;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes and shows what organisations declare of their size. */
@Service
class SizeDeclarations {
    /** Far more than the years of any organisation's applications. */
    private static final int SHOWN = 50;

    private final SizeDeclarationTable table;
    private final Organisations organisations;
    private final AuditLog audit;
    private final Clock clock;

    SizeDeclarations(SizeDeclarationTable table, Organisations organisations, AuditLog audit, Clock clock) {
        this.table = table;
        this.organisations = organisations;
        this.audit = audit;
        this.clock = clock;
    }

    /** Keeps what an owner declares, beside what was declared before. */
    @Transactional
    Outcome<SizeDeclaration> declare(Actor actor, OrganisationId id, SizeDeclaration.NewSizeDeclaration typed) {
        Organisation organisation = organisations.get(actor, id);
        if (!actor.isOwnerOf(id)) {
            return Outcome.refused(Refusal.forbidden("owners-only"));
        }
        return SizeDeclaration.declare(id, organisation.name(), typed, actor.person(), clock.instant())
                .map(declaration -> {
                    table.insert(declaration);
                    audit.record(
                            actor,
                            "organisation.size-declared",
                            "organisation",
                            id,
                            Map.of(
                                    "name",
                                    organisation.name(),
                                    "year",
                                    String.valueOf(declaration.year()),
                                    "category",
                                    declaration.test().category()));
                    return declaration;
                });
    }

    /** The one that counts now. */
    Optional<SizeDeclaration> findLatest(Actor actor, OrganisationId id) {
        organisations.get(actor, id);
        return table.findLatest(id);
    }

    /** The latest ones, newest first. */
    List<SizeDeclaration> list(Actor actor, OrganisationId id) {
        organisations.get(actor, id);
        return table.list(id, SHOWN);
    }
}
