package org.farga.slurm;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.farga.slurm.Change.AddAccount;
import org.farga.slurm.Change.AddQos;
import org.farga.slurm.Change.AddUser;
import org.farga.slurm.Change.CloseUser;
import org.farga.slurm.Change.MoveAccount;
import org.farga.slurm.Change.OpenUser;
import org.farga.slurm.Change.SetLimits;
import org.jspecify.annotations.Nullable;

/**
 * A change as it is shown.
 *
 * @param subject the account, or the QoS
 * @param user the Unix name, where it is about a user
 * @param reason why the account's limits are so, where it is about those
 * @param from what Slurm has
 * @param to what it shall have, as Slurm's commands would say it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PlanLine(
        Kind kind,
        String subject,
        @Nullable String user,
        Desired.@Nullable Reason reason,
        @Nullable String from,
        @Nullable String to) {

    /** The kinds, in the order in which they are shown. */
    enum Kind {
        SET_LIMITS,
        CLOSE_USER,
        ADD_QOS,
        ADD_ACCOUNT,
        MOVE_ACCOUNT,
        ADD_USER,
        OPEN_USER
    }

    static PlanLine of(Change change) {
        return switch (change) {
            case AddQos qos -> new PlanLine(Kind.ADD_QOS, qos.subject(), null, null, null, null);
            case AddAccount add -> {
                Desired.Account account = add.account();
                String limits = String.join(
                        " ",
                        SlurmCommand.clauses(new SetLimits(
                                account.name(), SlurmTree.Limits.NONE, account.limits(), account.reason())));
                yield new PlanLine(
                        Kind.ADD_ACCOUNT,
                        account.name(),
                        null,
                        account.reason(),
                        null,
                        ("parent=" + account.parent() + " " + limits).strip());
            }
            case MoveAccount move ->
                new PlanLine(
                        Kind.MOVE_ACCOUNT, move.subject(), null, null, "parent=" + move.from(), "parent=" + move.to());
            case SetLimits set ->
                new PlanLine(
                        Kind.SET_LIMITS,
                        set.subject(),
                        null,
                        set.reason(),
                        String.join(
                                " ",
                                SlurmCommand.clauses(new SetLimits(set.subject(), set.to(), set.from(), set.reason()))),
                        String.join(" ", SlurmCommand.clauses(set)));
            case AddUser add -> new PlanLine(Kind.ADD_USER, add.subject(), add.user(), null, null, null);
            case CloseUser close ->
                new PlanLine(Kind.CLOSE_USER, close.subject(), close.user(), null, null, "MaxJobs=0 MaxSubmitJobs=0");
            case OpenUser open ->
                new PlanLine(
                        Kind.OPEN_USER,
                        open.subject(),
                        open.user(),
                        null,
                        "MaxJobs=0 MaxSubmitJobs=0",
                        "MaxJobs=-1 MaxSubmitJobs=-1");
        };
    }

    /** Whether it takes something from somebody. */
    static boolean stops(Change change) {
        return change instanceof CloseUser
                || change instanceof SetLimits set
                        && !set.from().isClosed()
                        && set.to().isClosed();
    }
}
