package org.farga.access;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.farga.shared.CpuHours;
import org.farga.shared.Fields;
import org.farga.shared.GpuHours;
import org.farga.shared.PersonId;
import org.farga.shared.ProposalId;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a project found, which whoever was awarded time owes within three months after its end.
 *
 * @param endsAt when the last allocation of the award ends
 * @param dueAt the end of the last day on which it is in time
 * @param reminded the last reminder sent for this due date; null for none
 * @param note what the officer wrote who returned or accepted it; null for nothing
 */
record FinalReport(
        ProposalId proposal,
        State state,
        Instant endsAt,
        Instant dueAt,
        @Nullable Reminder reminded,
        ReportContent content,
        @Nullable Signed edited,
        @Nullable Signed submitted,
        List<ReportHours> hours,
        @Nullable Signed decided,
        @Nullable String note,
        int version) {
    /** The terms of access of EuroHPC: a final report within three months after the end of the allocation. */
    static final int MONTHS = 3;

    /** How many working days there are at least for what was returned. */
    static final int DAYS_AFTER_RETURN = 10;

    static final int LONGEST_NOTE = 2_000;
    private static final int LONGEST_RESULTS = 10_000;
    private static final int LONGEST_TEXT = 5_000;
    private static final int LONGEST_SUMMARY = 2_000;

    FinalReport {
        hours = List.copyOf(hours);
    }

    enum State {
        /** Being written, or not begun. */
        OWED,
        SUBMITTED,
        RETURNED,
        ACCEPTED;

        /** Whether its writers have to do something. */
        boolean isOpen() {
            return this == OWED || this == RETURNED;
        }
    }

    /** What whoever owes it is told, each once for a due date. */
    enum Reminder {
        MONTH(30),
        WEEK(7),
        OVERDUE(0);

        private final int daysBefore;

        Reminder(int daysBefore) {
            this.daysBefore = daysBefore;
        }

        int daysBefore() {
            return daysBefore;
        }
    }

    record Signed(PersonId by, Instant at) {}

    /** What was granted and used on a cluster. */
    record ReportHours(String cluster, GpuHours grantedGpu, GpuHours usedGpu, CpuHours grantedCpu, CpuHours usedCpu) {
        ReportHours plus(ReportHours other) {
            return new ReportHours(
                    cluster,
                    grantedGpu.plus(other.grantedGpu),
                    usedGpu.plus(other.usedGpu),
                    new CpuHours(Math.addExact(grantedCpu.milliseconds(), other.grantedCpu.milliseconds())),
                    new CpuHours(Math.addExact(usedCpu.milliseconds(), other.usedCpu.milliseconds())));
        }
    }

    /**
     * What its writers say.
     *
     * @param outputs models, data sets and software made
     * @param summary what may be published of it
     * @param publish whether it may be; null before that was answered
     */
    record ReportContent(
            @Nullable String results,
            @Nullable String publications,
            @Nullable String outputs,
            @Nullable String problems,
            @Nullable String feedback,
            @Nullable String summary,
            @Nullable Boolean publish) {
        static final ReportContent NONE = new ReportContent(null, null, null, null, null, null, null);

        /** The same with blank texts taken out. */
        ReportContent clean() {
            return new ReportContent(
                    clean(results),
                    clean(publications),
                    clean(outputs),
                    clean(problems),
                    clean(feedback),
                    clean(summary),
                    publish);
        }

        private static @Nullable String clean(@Nullable String text) {
            return text == null || text.isBlank() ? null : text.strip().replace("\r\n", "\n");
        }

        /** What stands against keeping it as a draft. */
        Optional<Refusal> refusalToKeep() {
            return lengths(new Fields()).refusal();
        }

        /** What stands against submitting it: results, and whether they may be published, are always needed. */
        Optional<Refusal> refusalToSubmit() {
            return lengths(new Fields())
                    .present("results", results)
                    .present("publish", publish)
                    .rule("summary", !Boolean.TRUE.equals(publish) || summary != null, "missing")
                    .refusal();
        }

        private Fields lengths(Fields fields) {
            return fields.optionalText("results", results, LONGEST_RESULTS)
                    .optionalText("publications", publications, LONGEST_TEXT)
                    .optionalText("outputs", outputs, LONGEST_TEXT)
                    .optionalText("problems", problems, LONGEST_TEXT)
                    .optionalText("feedback", feedback, LONGEST_TEXT)
                    .optionalText("summary", summary, LONGEST_SUMMARY);
        }
    }

    /**
     * Until when the report on an award is due that ends at this instant: the end of the day that is three calendar months after
     * its last day, in Brussels. Of a longer month the last day that there is counts: 30 November makes 28 February.
     */
    static Instant due(Instant endsAt) {
        return endOf(LocalDate.ofInstant(endsAt.minusMillis(1), Intake.BRUSSELS).plusMonths(MONTHS));
    }

    private static Instant endOf(LocalDate day) {
        return day.plusDays(1).atStartOfDay(Intake.BRUSSELS).toInstant();
    }

    /** The last day on which it is in time. */
    LocalDate dueOn() {
        return LocalDate.ofInstant(dueAt.minusMillis(1), Intake.BRUSSELS);
    }

    /** The same with another end of the award: the due date follows, unless a later one was given when it was returned. */
    FinalReport endingAt(Instant end) {
        Instant due = due(end);
        boolean later = state == State.RETURNED && dueAt.isAfter(due);
        return new FinalReport(
                proposal,
                state,
                end,
                later ? dueAt : due,
                later ? reminded : null,
                content,
                edited,
                submitted,
                hours,
                decided,
                note,
                version);
    }

    FinalReport with(ReportContent written, Signed by) {
        return new FinalReport(
                proposal, state, endsAt, dueAt, reminded, written, by, submitted, hours, decided, note, version);
    }

    FinalReport submitted(Signed by, List<ReportHours> recorded) {
        return new FinalReport(
                proposal, State.SUBMITTED, endsAt, dueAt, reminded, content, edited, by, recorded, null, null, version);
    }

    /** Accepted, or returned with at least until {@code again} to hand it in once more. */
    FinalReport decided(boolean accepted, Signed by, @Nullable String said, Instant again) {
        boolean longer = !accepted && again.isAfter(dueAt);
        return new FinalReport(
                proposal,
                accepted ? State.ACCEPTED : State.RETURNED,
                endsAt,
                longer ? again : dueAt,
                longer ? null : reminded,
                content,
                edited,
                submitted,
                hours,
                by,
                said,
                version);
    }

    boolean isOverdue(Instant now) {
        return state.isOpen() && !now.isBefore(dueAt);
    }

    /** The reminder that is to be sent now: the latest whose time has come, where it was not sent for this due date. */
    Optional<Reminder> reminder(Instant now) {
        if (!state.isOpen()) {
            return Optional.empty();
        }
        Reminder reached = null;
        for (Reminder each : Reminder.values()) {
            if (!now.isBefore(from(each))) {
                reached = each;
            }
        }
        return reached == null || (reminded != null && reminded.compareTo(reached) >= 0)
                ? Optional.empty()
                : Optional.of(reached);
    }

    /** From when on a reminder is sent: so many days before the due date, by the calendar in Brussels. */
    private Instant from(Reminder reminder) {
        return dueAt.atZone(Intake.BRUSSELS).minusDays(reminder.daysBefore()).toInstant();
    }
}
