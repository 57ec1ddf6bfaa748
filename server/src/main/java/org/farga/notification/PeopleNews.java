package org.farga.notification;

import java.util.List;
import java.util.stream.Stream;
import org.farga.people.EmergencyAccessOpened;
import org.farga.people.EmergencyAccessReviewed;
import org.farga.people.InvitationAccepted;
import org.farga.people.MemberRemoved;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.people.ScopedRoleGranted;
import org.farga.shared.CentreRole;
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

    @ApplicationModuleListener
    void on(ScopedRoleGranted granted) {
        notifications.tellOnce(
                "scoped-role:" + granted.grant(),
                List.of(granted.person()),
                "notification.scoped-role." + granted.role().kind(),
                "/proposals",
                granted.title());
    }

    /** Whoever could misuse a role in silence cannot do so: those who look after roles know within the minute. */
    @ApplicationModuleListener
    void on(EmergencyAccessOpened opened) {
        List<PersonId> told = Stream.of(CentreRole.ADMINISTRATOR, CentreRole.AUDITOR)
                .flatMap(role -> people.withRole(role).stream())
                .filter(person -> !person.equals(opened.person()))
                .distinct()
                .toList();
        notifications.tellOnce(
                "emergency-opened:" + opened.access(),
                told,
                "notification.emergency-opened." + opened.role(),
                "/centre/emergency-access/" + opened.access(),
                people.summary(opened.person()).name(),
                opened.reason());
    }

    @ApplicationModuleListener
    void on(EmergencyAccessReviewed reviewed) {
        notifications.tellOnce(
                "emergency-reviewed:" + reviewed.access(),
                List.of(reviewed.person()),
                reviewed.justified() ? "notification.emergency-justified" : "notification.emergency-not-justified",
                "/centre/emergency-access/" + reviewed.access(),
                reviewed.note());
    }
}
