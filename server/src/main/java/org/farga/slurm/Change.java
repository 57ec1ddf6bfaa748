package org.farga.slurm;

import org.farga.slurm.SlurmTree.Limits;

/** One thing that must change in Slurm so that it is as desired. */
sealed interface Change {

    /** The account it is about, or the QoS. */
    String subject();

    /** A QoS that is missing. */
    record AddQos(String subject, int priority) implements Change {}

    /** An account that is missing. */
    record AddAccount(Desired.Account account) implements Change {
        @Override
        public String subject() {
            return account.name();
        }
    }

    /** An account of ours that hangs under another than it should. */
    record MoveAccount(String subject, String from, String to) implements Change {}

    /** An account whose limits are others. */
    record SetLimits(String subject, Limits from, Limits to, Desired.Reason reason) implements Change {}

    /** A person who may charge the account, and whom Slurm does not let. */
    record AddUser(String subject, String user) implements Change {}

    /** A user who may not charge the account any more. They stay in it, because jobs and records name them there. */
    record CloseUser(String subject, String user) implements Change {}

    /** A user who may again. */
    record OpenUser(String subject, String user) implements Change {}
}
