package org.farga.notification;

import java.util.List;
import org.farga.people.InvitationAccepted;
import org.farga.people.MemberRemoved;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.shared.PersonId;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.stereotype.Component;

/** Tells what happens in organisations: the module of people lies below this one and cannot tell it itself. */
@Component
class PeopleNews {
    private final Notifications notifications;
    private final Organisations organisations;
    private final People people;

    PeopleNews(Notifications notifications, Organisations organisations, People people) {
        this.notifications = notifications;
        this.organisations = organisations;
        this.people = people;
    }

    @ApplicationModuleListener
    void on(InvitationAccepted accepted) {
        List<PersonId> others = organisations.owners(accepted.organisation()).stream()
                .filter(owner -> !owner.equals(accepted.person()))
                .toList();
        notifications.tellOnce(
                "invitation-accepted:" + accepted.invitation(),
                others,
                "notification.invitation-accepted",
                "/organisations/" + accepted.organisation(),
                people.summary(accepted.person()).name(),
                organisations.summary(accepted.organisation()).name());
    }

    @ApplicationModuleListener
    void on(MemberRemoved removed) {
        if (removed.by().equals(removed.person())) {
            return;
        }
        notifications.tellOnce(
                "member-removed:" + removed.removal(),
                List.of(removed.person()),
                "notification.member-removed",
                "/organisations",
                organisations.summary(removed.organisation()).name());
    }
}
