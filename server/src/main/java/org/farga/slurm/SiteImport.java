package org.farga.slurm;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.farga.shared.OrganisationId;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the accounts of an existing site become: each account that people charge becomes a project with one allocation, of
 * as much as the account's limits allow. It changes nothing.
 */
final class SiteImport {
    private SiteImport() {}

    /** What becomes of an account. */
    enum Verdict {
        /** A project and an allocation. */
        TAKEN_OVER,
        /** It stands for one already. */
        KNOWN,
        /** Farga's own, or the one above all others. */
        NOT_A_SITES,
        /** Nobody may charge it: it only holds others together. */
        NO_USERS,
        /** Nobody who may charge it is known and belongs to the organisation. */
        NO_LEAD,
        /** Slurm limits neither its CPU nor its GPU minutes, and nothing was said in their place. */
        NO_BUDGET,
        /** It was not asked for. */
        NOT_ASKED
    }

    /** Who a Unix user is. */
    enum Match {
        MATCHED,
        /** Neither known by the name nor named in the table of people. */
        UNKNOWN,
        /** Known, but in no way belonging to the organisation: the user keeps what they have in Slurm. */
        OTHER_ORGANISATION,
        /** The person has another Unix name by now. */
        OTHER_NAME
    }

    /** A user of an account. */
    record User(String unixUser, Match match, @Nullable PersonId person) {}

    /**
     * An account and what becomes of it.
     *
     * @param lead null where it is not taken over
     * @param gpuMinutes to be awarded
     */
    record Line(
            String account,
            String title,
            Verdict verdict,
            OrganisationId organisation,
            @Nullable PersonId lead,
            long gpuMinutes,
            long cpuMinutes,
            List<User> users) {
        Line {
            users = List.copyOf(users);
        }
    }

    /**
     * What was said of one account.
     *
     * @param lead null for the first of its users, by name, who will do
     */
    record Wish(
            @Nullable OrganisationId organisation,
            @Nullable PersonId lead,
            @Nullable Long gpuMinutes,
            @Nullable Long cpuMinutes) {
        static final Wish NONE = new Wish(null, null, null, null);
    }

    /**
     * What the centre says and knows.
     *
     * @param root Farga's own account
     * @param known accounts that stand for something already
     * @param organisation that accounts belong to of which nothing else is said
     * @param gpuMinutes for accounts without a limit; null where those are left out
     * @param wishes by account; where there are any, only those accounts are taken over
     * @param persons by Unix user, from the table of people and from what Farga knows
     * @param names the Unix names that people have
     * @param members who belongs to an organisation
     */
    record Facts(
            String root,
            Set<String> known,
            OrganisationId organisation,
            @Nullable Long gpuMinutes,
            @Nullable Long cpuMinutes,
            Map<String, Wish> wishes,
            Map<String, PersonId> persons,
            Map<PersonId, String> names,
            Map<OrganisationId, Set<PersonId>> members) {}

    static List<Line> lines(SlurmTree tree, Map<String, String> descriptions, Facts facts) {
        List<Line> lines = new ArrayList<>();
        for (SlurmTree.Account account : new TreeMap<>(tree.accounts()).values()) {
            lines.add(line(tree, account, descriptions, facts));
        }
        return lines;
    }

    private static Line line(SlurmTree tree, SlurmTree.Account account, Map<String, String> descriptions, Facts facts) {
        String name = account.name();
        Wish wish = facts.wishes().getOrDefault(name, Wish.NONE);
        OrganisationId organisation = wish.organisation() == null ? facts.organisation() : wish.organisation();
        Set<PersonId> members = facts.members().getOrDefault(organisation, Set.of());
        List<User> users = users(account, facts, members);
        PersonId lead = lead(wish, users, members);
        Long gpu = budget(wish.gpuMinutes(), account.limits().gpuMinutes(), facts.gpuMinutes());
        Long cpu = budget(wish.cpuMinutes(), account.limits().cpuMinutes(), facts.cpuMinutes());
        Verdict verdict = Verdict.TAKEN_OVER;
        if (name.equals(SlurmTree.TOP) || tree.isUnder(facts.root(), name)) {
            verdict = Verdict.NOT_A_SITES;
        } else if (facts.known().contains(name)) {
            verdict = Verdict.KNOWN;
        } else if (!facts.wishes().isEmpty() && !facts.wishes().containsKey(name)) {
            verdict = Verdict.NOT_ASKED;
        } else if (users.isEmpty()) {
            verdict = Verdict.NO_USERS;
        } else if (lead == null) {
            verdict = Verdict.NO_LEAD;
        } else if (gpu == null && cpu == null) {
            verdict = Verdict.NO_BUDGET;
        }
        String description = descriptions.getOrDefault(name, "").strip();
        return new Line(
                name,
                description.isEmpty() ? name : description,
                verdict,
                organisation,
                verdict == Verdict.TAKEN_OVER ? lead : null,
                gpu == null ? 0 : gpu,
                cpu == null ? 0 : cpu,
                users);
    }

    private static @Nullable Long budget(@Nullable Long wished, @Nullable Long limited, @Nullable Long usual) {
        return wished != null ? wished : limited != null ? limited : usual;
    }

    private static List<User> users(SlurmTree.Account account, Facts facts, Set<PersonId> members) {
        List<User> users = new ArrayList<>();
        for (String user : new TreeSet<>(account.users().keySet())) {
            PersonId person = facts.persons().get(user);
            Match match;
            if (person == null) {
                match = Match.UNKNOWN;
            } else if (!user.equals(facts.names().getOrDefault(person, user))) {
                match = Match.OTHER_NAME;
            } else {
                match = members.contains(person) ? Match.MATCHED : Match.OTHER_ORGANISATION;
            }
            users.add(new User(user, match, person));
        }
        return users;
    }

    private static @Nullable PersonId lead(Wish wish, List<User> users, Set<PersonId> members) {
        if (wish.lead() != null) {
            return members.contains(wish.lead()) ? wish.lead() : null;
        }
        return users.stream()
                .filter(u -> u.match() == Match.MATCHED)
                .map(User::person)
                .findFirst()
                .orElse(null);
    }

    /** Unix users of accounts that are taken over, of whom nobody knows who they are, by name. */
    static List<String> unmatched(List<Line> lines) {
        Set<String> names = new TreeSet<>();
        for (Line line : lines) {
            if (line.verdict() == Verdict.TAKEN_OVER || line.verdict() == Verdict.NO_LEAD) {
                line.users().stream().filter(u -> u.match() != Match.MATCHED).forEach(u -> names.add(u.unixUser()));
            }
        }
        return List.copyOf(names);
    }

    /** Who gets which Unix name: one person of two names keeps the first that they are met under. */
    static Map<PersonId, String> names(List<Line> lines) {
        Map<PersonId, String> names = new HashMap<>();
        Set<String> given = new HashSet<>();
        for (Line line : lines) {
            for (User user : line.users()) {
                PersonId person = user.person();
                if (line.verdict() == Verdict.TAKEN_OVER
                        && user.match() == Match.MATCHED
                        && person != null
                        && given.add(user.unixUser())) {
                    names.putIfAbsent(person, user.unixUser());
                }
            }
        }
        return names;
    }
}
