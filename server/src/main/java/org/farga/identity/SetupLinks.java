package org.farga.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Optional;
import org.farga.people.CentreRoles;
import org.farga.people.People;
import org.farga.people.Person;
import org.farga.platform.Secret;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.Outcome;
import org.farga.shared.PersonId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Lets the first administrator in: nothing has a default password, so whoever can read this machine's data folder or its
 * console at the first start is who sets Farga up.
 */
@Service
class SetupLinks {
    private static final Logger LOG = LoggerFactory.getLogger(SetupLinks.class);

    private final SetupLinkTable table;
    private final CentreRoles roles;
    private final Accounts accounts;
    private final People people;
    private final Settings settings;
    private final Clock clock;

    SetupLinks(
            SetupLinkTable table, CentreRoles roles, Accounts accounts, People people, Settings settings, Clock clock) {
        this.table = table;
        this.roles = roles;
        this.accounts = accounts;
        this.people = people;
        this.settings = settings;
        this.clock = clock;
    }

    /** Where the link is kept until it is used, readable for the owner of the process alone. */
    private Path file() {
        return settings.data().resolve("setup-link");
    }

    /**
     * The link, where one was made just now: there is no administrator, and no link that somebody could still use. Several
     * processes that start at once make one.
     */
    @Transactional
    Optional<String> make() {
        table.lock();
        if (roles.haveAdministrator()) {
            // Another process may have been the one that served the set-up.
            table.delete();
            deleteFile();
            return Optional.empty();
        }
        Optional<SetupLink> earlier = table.find();
        boolean fileThere = Files.exists(file());
        if (earlier.isPresent() && !earlier.get().isLost(fileThere, clock.instant())) {
            if (fileThere) {
                LOG.info("there is no administrator yet: the set-up link is in {}", file());
            }
            return Optional.empty();
        }
        Secret secret = Secret.create("setup");
        String link = settings.publicUrl() + "/setup?token=" + secret.text();
        write(link);
        table.put(new SetupLink(secret.sha256(), clock.instant()));
        return Optional.of(link);
    }

    /** Whether this token opens the set-up: while there is no administrator, however the link was come by. */
    boolean opens(@Nullable String token) {
        return token != null
                && token.length() <= 200
                && !roles.haveAdministrator()
                && table.find()
                        .filter(link -> link.opensWith(new Secret(token.strip())))
                        .isPresent();
    }

    /** Signs up the first administrator; the link is used up by it. */
    @Transactional
    Outcome<Person> setUp(
            @Nullable String token,
            @Nullable String email,
            @Nullable String name,
            @Nullable String password,
            @Nullable String language) {
        table.lock();
        if (!opens(token)) {
            return Outcome.refused(Refusal.conflict("setup-link-invalid"));
        }
        return accounts.signUp(email, name, password, language).map(person -> {
            appoint(person.id());
            return person;
        });
    }

    /** Makes somebody who has an account already the first administrator; the link is used up by it. */
    @Transactional
    Outcome<Person> setUp(Actor actor, @Nullable String token) {
        table.lock();
        if (!opens(token)) {
            return Outcome.refused(Refusal.conflict("setup-link-invalid"));
        }
        appoint(actor.person());
        return Outcome.done(people.get(actor.person()));
    }

    private void appoint(PersonId person) {
        roles.appointFirst(person);
        table.delete();
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                deleteFile();
            }
        });
    }

    private void write(String link) {
        try {
            Files.createDirectories(settings.data());
            // Made with its rights, then moved: at no time can anyone else read it.
            Path draft = Files.createTempFile(
                    settings.data(),
                    "setup-link",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(draft, link + "\n");
            Files.move(draft, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void deleteFile() {
        try {
            Files.deleteIfExists(file());
        } catch (IOException e) {
            LOG.warn("the used set-up link's file stays: {}", e.toString());
        }
    }
}
