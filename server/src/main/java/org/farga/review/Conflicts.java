package org.farga.review;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.farga.access.ReviewedProposal;
import org.farga.access.ReviewedProposals;
import org.farga.allocation.Projects;
import org.farga.audit.AuditLog;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Cursor;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.OrganisationId;
import org.farga.shared.Outcome;
import org.farga.shared.Page;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.farga.shared.TimeOrderedUuid;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Finds what ties reviewers to proposals, and takes what access officers decide of it. */
@Service
class Conflicts {
    /** How many years a past tie counts, where nobody said otherwise. */
    static final int YEARS = 3;

    private final ConflictTable table;
    private final PairTable pairs;
    private final ReviewedProposals proposals;
    private final Organisations organisations;
    private final Projects projects;
    private final People people;
    private final AuditLog audit;
    private final Clock clock;

    Conflicts(
            ConflictTable table,
            PairTable pairs,
            ReviewedProposals proposals,
            Organisations organisations,
            Projects projects,
            People people,
            AuditLog audit,
            Clock clock) {
        this.table = table;
        this.pairs = pairs;
        this.proposals = proposals;
        this.organisations = organisations;
        this.projects = projects;
        this.people = people;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * A conflict with what people call what it speaks of.
     *
     * @param subject the organisation's or project's name, or what the reviewer wrote
     */
    record Named(Conflict conflict, String reviewer, ReviewedProposal proposal, String organisation, String subject) {}

    /** What ties these reviewers to these proposals now or did within the last years; kept, and all of them answered. */
    @Transactional(propagation = Propagation.MANDATORY)
    List<Conflict> find(Collection<ReviewedProposal> among, Collection<PersonId> reviewers, int years) {
        List<ProposalId> ids = among.stream().map(ReviewedProposal::id).toList();
        List<Conflict> found = search(among, reviewers, years);
        table.found(found);
        Set<List<Object>> holding = found.stream().map(Conflicts::key).collect(Collectors.toSet());
        List<UUID> gone = table.between(ids, reviewers).stream()
                .filter(c -> c.state() == Conflict.State.OPEN && !holding.contains(key(c)))
                .map(Conflict::id)
                .toList();
        if (!gone.isEmpty()) {
            table.drop(gone);
        }
        return table.between(ids, reviewers);
    }

    private static List<Object> key(Conflict c) {
        return List.of(c.proposal(), c.reviewer(), c.kind(), c.subject());
    }

    private List<Conflict> search(Collection<ReviewedProposal> among, Collection<PersonId> reviewers, int years) {
        Instant now = now();
        Instant since = now.atZone(ZoneOffset.UTC).minusYears(years).toInstant();
        Set<PersonId> pool = Set.copyOf(reviewers);
        Set<OrganisationId> theirs =
                among.stream().map(ReviewedProposal::organisation).collect(Collectors.toSet());
        Map<OrganisationId, Set<PersonId>> members = organisations.people(theirs);
        Map<OrganisationId, Map<PersonId, Instant>> former = organisations.formerPeople(theirs, since);
        Map<OrganisationId, Organisations.Summary> names = organisations.summaries(theirs);
        Set<PersonId> workers = new HashSet<>(pool);
        among.forEach(p -> workers.addAll(p.team()));
        Map<PersonId, List<Projects.Work>> works =
                projects.worked(workers, since).stream().collect(Collectors.groupingBy(Projects.Work::person));
        List<Interest> interests = table.interests(pool);
        // By project and by its organisation: which reviewers worked there, and until when.
        Map<UUID, List<Projects.Work>> ofProject = new HashMap<>();
        Map<OrganisationId, List<Projects.Work>> ofOrganisation = new HashMap<>();
        for (PersonId reviewer : pool) {
            for (Projects.Work work : works.getOrDefault(reviewer, List.of())) {
                ofProject
                        .computeIfAbsent(work.project().value(), id -> new ArrayList<>())
                        .add(work);
                ofOrganisation
                        .computeIfAbsent(work.organisation(), id -> new ArrayList<>())
                        .add(work);
            }
        }
        Map<OrganisationId, List<Interest>> meant = new HashMap<>();
        for (Organisations.Summary organisation : names.values()) {
            meant.put(
                    organisation.id(),
                    interests.stream().filter(i -> i.means(organisation.name())).toList());
        }
        List<Conflict> found = new ArrayList<>();
        for (ReviewedProposal proposal : among) {
            Ties ties = new Ties(proposal.id(), now, found);
            proposal.team().stream()
                    .filter(pool::contains)
                    .forEach(person -> ties.add(
                            person, Conflict.Kind.ON_TEAM, proposal.id().value(), null));
            members.getOrDefault(proposal.organisation(), Set.of()).stream()
                    .filter(pool::contains)
                    .forEach(person -> ties.add(
                            person,
                            Conflict.Kind.SAME_ORGANISATION,
                            proposal.organisation().value(),
                            null));
            former.getOrDefault(proposal.organisation(), Map.of()).forEach((person, until) -> {
                if (pool.contains(person)) {
                    ties.add(
                            person,
                            Conflict.Kind.PAST_ORGANISATION,
                            proposal.organisation().value(),
                            until);
                }
            });
            Set<Projects.Work> shared =
                    new LinkedHashSet<>(ofOrganisation.getOrDefault(proposal.organisation(), List.of()));
            for (PersonId author : proposal.team()) {
                for (Projects.Work work : works.getOrDefault(author, List.of())) {
                    shared.addAll(ofProject.getOrDefault(work.project().value(), List.of()));
                }
            }
            shared.stream()
                    .filter(work -> !proposal.team().contains(work.person()))
                    .forEach(work -> ties.add(
                            work.person(),
                            Conflict.Kind.SHARED_PROJECT,
                            work.project().value(),
                            work.until()));
            meant.getOrDefault(proposal.organisation(), List.of())
                    .forEach(i -> ties.add(i.reviewer(), Conflict.Kind.DECLARED, i.id(), null));
            interests.stream()
                    .filter(i -> proposal.id().equals(i.proposal()))
                    .forEach(i -> ties.add(i.reviewer(), Conflict.Kind.DECLARED, i.id(), null));
        }
        return found;
    }

    /** Where one proposal's ties are collected. */
    private record Ties(ProposalId proposal, Instant now, List<Conflict> found) {
        void add(PersonId reviewer, Conflict.Kind kind, UUID subject, @Nullable Instant until) {
            found.add(new Conflict(
                    TimeOrderedUuid.next(),
                    proposal,
                    reviewer,
                    kind,
                    subject,
                    until,
                    now,
                    Conflict.State.OPEN,
                    null,
                    1));
        }
    }

    /** Decides on one: dismissed or waived it keeps nobody apart any more, recused it ends what was assigned. */
    @Transactional
    Outcome<Conflict> decide(
            Actor officer, UUID id, @Nullable Long version, Conflict.@Nullable State verdict, @Nullable String reason) {
        ReviewRights.requireOfficer(officer);
        Conflict conflict = table.lock(id).orElseThrow(() -> new NotFoundException("conflict"));
        ReviewedProposal proposal = visible(officer, conflict.proposal());
        if (version != null && version != conflict.version()) {
            return Outcome.refused(Refusal.stale());
        }
        return conflict.decide(officer, verdict, reason, now()).map(decided -> {
            keep(officer, decided, proposal);
            return table.lock(id).orElseThrow();
        });
    }

    private void keep(Actor actor, Conflict decided, ReviewedProposal proposal) {
        if (!table.update(decided)) {
            throw new IllegalStateException("a locked conflict was changed by another: " + decided.id());
        }
        if (decided.state() == Conflict.State.RECUSED) {
            pairs.end(decided.proposal(), decided.reviewer(), Assignment.State.RECUSED, actor.person(), null, now());
        }
        audit.record(
                actor,
                "review-conflict.decided",
                "proposal",
                proposal.id(),
                Map.of(
                        "code",
                        proposal.code(),
                        "reviewer",
                        decided.reviewer(),
                        "conflict",
                        decided.kind(),
                        "decision",
                        decided.state()));
    }

    /** The reviewer steps back from a proposal that they were given, because of an interest in it. */
    @Transactional(propagation = Propagation.MANDATORY)
    void recuse(Actor reviewer, ReviewedProposal proposal, String reason) {
        Instant now = now();
        Interest interest = new Interest(TimeOrderedUuid.next(), reviewer.person(), null, proposal.id(), reason, now);
        table.declare(interest);
        Conflict conflict = new Conflict(
                TimeOrderedUuid.next(),
                proposal.id(),
                reviewer.person(),
                Conflict.Kind.DECLARED,
                interest.id(),
                null,
                now,
                Conflict.State.OPEN,
                null,
                1);
        table.found(List.of(conflict));
        keep(reviewer, conflict.decided(Conflict.State.RECUSED, reviewer.person(), reason, now), proposal);
    }

    /** A reviewer says that they have an interest in an organisation. */
    @Transactional(propagation = Propagation.MANDATORY)
    Interest declare(Actor reviewer, String organisation, String reason) {
        Interest interest = new Interest(
                TimeOrderedUuid.next(), reviewer.person(), organisation.strip(), null, reason.strip(), now());
        table.declare(interest);
        audit.record(
                reviewer, "reviewer.interest-declared", "person", reviewer.person(), Map.of("interest", interest.id()));
        return interest;
    }

    @Transactional(propagation = Propagation.MANDATORY)
    boolean withdraw(Actor reviewer, UUID interest) {
        boolean withdrawn = table.withdraw(interest, reviewer.person(), now());
        if (withdrawn) {
            audit.record(
                    reviewer, "reviewer.interest-withdrawn", "person", reviewer.person(), Map.of("interest", interest));
        }
        return withdrawn;
    }

    List<Interest> interests(PersonId reviewer) {
        return table.interests(List.of(reviewer));
    }

    /** In one state or any, of one reviewer or all, the latest first; without those on the reader's own organisations. */
    Page<Named> list(
            Actor reader,
            Conflict.@Nullable State state,
            @Nullable PersonId reviewer,
            @Nullable String cursor,
            @Nullable Integer limit) {
        ReviewRights.requireReader(reader);
        int size = Cursor.size(limit);
        Page<Conflict> page = Cursor.page(
                table.list(state, reviewer, Cursor.decode(cursor, UUID::fromString), size + 1),
                size,
                c -> c.id().toString());
        return new Page<>(named(reader, page.items()), page.next());
    }

    /** With the names of all that they speak of; without those on the reader's own organisations. */
    List<Named> named(Actor reader, List<Conflict> conflicts) {
        Map<ProposalId, ReviewedProposal> known =
                proposals
                        .list(conflicts.stream()
                                .map(Conflict::proposal)
                                .distinct()
                                .toList())
                        .stream()
                        .filter(p -> !reader.isMemberOf(p.organisation()))
                        .collect(Collectors.toMap(ReviewedProposal::id, p -> p));
        Map<PersonId, People.Summary> names = people.summaries(
                conflicts.stream().map(Conflict::reviewer).distinct().toList());
        Map<OrganisationId, Organisations.Summary> theirs = organisations.summaries(known.values().stream()
                .map(ReviewedProposal::organisation)
                .distinct()
                .toList());
        Map<UUID, String> shared = projects
                .summaries(conflicts.stream()
                        .filter(c -> c.kind() == Conflict.Kind.SHARED_PROJECT)
                        .map(c -> new org.farga.shared.ProjectId(c.subject()))
                        .distinct()
                        .toList())
                .values()
                .stream()
                .collect(Collectors.toMap(p -> p.id().value(), Projects.Summary::name));
        Map<UUID, String> declared =
                table
                        .interests(conflicts.stream()
                                .map(Conflict::reviewer)
                                .distinct()
                                .toList())
                        .stream()
                        .collect(Collectors.toMap(
                                Interest::id,
                                i -> i.organisation() == null ? i.reason() : i.organisation() + ": " + i.reason()));
        List<Named> named = new ArrayList<>();
        for (Conflict conflict : conflicts) {
            ReviewedProposal proposal = known.get(conflict.proposal());
            if (proposal == null) {
                continue;
            }
            Organisations.Summary applicant = theirs.get(proposal.organisation());
            String organisation = applicant == null ? "" : applicant.name();
            String subject = switch (conflict.kind()) {
                case ON_TEAM -> proposal.code();
                case SAME_ORGANISATION, PAST_ORGANISATION -> organisation;
                case SHARED_PROJECT -> shared.getOrDefault(conflict.subject(), "");
                case DECLARED -> declared.getOrDefault(conflict.subject(), "");
            };
            named.add(new Named(conflict, name(names, conflict.reviewer()), proposal, organisation, subject));
        }
        return named;
    }

    /** What was found between these when it was last looked for. */
    List<Conflict> known(Collection<ProposalId> among, Collection<PersonId> reviewers) {
        return table.between(among, reviewers);
    }

    int countOpen() {
        return table.countOpen();
    }

    private ReviewedProposal visible(Actor reader, ProposalId id) {
        return Optional.of(id)
                .flatMap(proposals::find)
                .filter(p -> !reader.isMemberOf(p.organisation()))
                .orElseThrow(() -> new NotFoundException("proposal"));
    }

    static String name(Map<PersonId, People.Summary> names, PersonId person) {
        People.Summary summary = names.get(person);
        return summary == null ? person.toString() : summary.name();
    }

    private Instant now() {
        return clock.instant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
    }
}
