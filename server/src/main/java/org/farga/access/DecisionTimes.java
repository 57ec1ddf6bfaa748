package org.farga.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.farga.shared.CallId;

/**
 * What became of the proposals of one mode, and how long the centre took to decide: counted from what happened to each.
 *
 * @param target within how many working days the mode's newest call promises a decision
 * @param days the working days to each decision, in order
 * @param inTime how many of those were within what the rules promise that they were submitted under
 * @param reached how many came to each step
 */
record DecisionTimes(
        Call.Mode mode,
        int target,
        List<Integer> days,
        int inTime,
        int drafts,
        int submitted,
        Map<Step.Kind, Integer> reached,
        int awarded,
        int declined,
        int withdrawn) {
    static final int WIDTH = 640;
    static final int HEIGHT = 180;
    static final int BOTTOM = 150;
    static final int LEFT = 30;
    private static final int FEWEST_BARS = 6;

    DecisionTimes {
        days = days.stream().sorted().toList();
    }

    /** Those modes of which there is a proposal, in their order. */
    static List<DecisionTimes> of(
            Collection<ProposalTable.History> histories,
            Map<Call.Mode, Integer> drafts,
            Map<CallId, Call> calls,
            Map<CallTable.RulesVersion, Integer> promised,
            WorkingDays workingDays) {
        List<DecisionTimes> all = new ArrayList<>();
        for (Call.Mode mode : Call.Mode.values()) {
            List<ProposalTable.History> these =
                    histories.stream().filter(h -> h.mode() == mode).toList();
            int begun = drafts.getOrDefault(mode, 0);
            if (!these.isEmpty() || begun > 0) {
                all.add(ofMode(mode, these, begun, calls, promised, workingDays));
            }
        }
        return all;
    }

    private static DecisionTimes ofMode(
            Call.Mode mode,
            List<ProposalTable.History> histories,
            int drafts,
            Map<CallId, Call> calls,
            Map<CallTable.RulesVersion, Integer> promised,
            WorkingDays workingDays) {
        List<Integer> days = new ArrayList<>();
        Map<Step.Kind, Integer> reached = new EnumMap<>(Step.Kind.class);
        int inTime = 0;
        int awarded = 0;
        int declined = 0;
        int withdrawn = 0;
        for (ProposalTable.History history : histories) {
            OptionalInt taken = new ProposalClock(history.events(), history.cutOff(), workingDays).daysToDecision();
            if (taken.isPresent()) {
                days.add(taken.getAsInt());
                int most = promised.getOrDefault(new CallTable.RulesVersion(history.call(), history.rulesVersion()), 0);
                inTime += taken.getAsInt() <= most ? 1 : 0;
            }
            history.events().stream()
                    .map(ProposalEvent::begins)
                    .filter(java.util.Objects::nonNull)
                    .distinct()
                    .forEach(step -> reached.merge(step, 1, Integer::sum));
            switch (history.events().getLast().kind()) {
                case AWARDED -> awarded++;
                case DECLINED, REFERRED -> declined++;
                case WITHDRAWN, OFFER_TURNED_DOWN -> withdrawn++;
                case CREATED,
                        SUBMITTED,
                        PASSED_TO_OFFICER,
                        STEP_BEGUN,
                        STEP_DONE,
                        ASKED,
                        ANSWERED,
                        ESCALATED,
                        OFFERED,
                        NO_ROOM,
                        QUEUED,
                        PASSED_OVER,
                        SHRUNK,
                        OFFER_ACCEPTED -> {}
            }
        }
        int target = calls.values().stream()
                .filter(call -> call.mode() == mode)
                .max(java.util.Comparator.comparing(Call::opensAt))
                .map(call -> call.rules().decisionWorkingDays())
                .orElse(0);
        return new DecisionTimes(
                mode, target, days, inTime, drafts, histories.size(), reached, awarded, declined, withdrawn);
    }

    int open() {
        return submitted - awarded - declined - withdrawn;
    }

    /** The working days within which this share of the decisions fell, by the nearest rank; of none it is 0. */
    int within(double share) {
        return days.isEmpty() ? 0 : days.get((int) Math.ceil(share * days.size()) - 1);
    }

    /** How many decisions took so many working days. */
    record Bar(int day, boolean andMore, int count, int x, int y, int width, int height) {}

    /** A bar for each day up to twice the target, and one for all beyond. */
    List<Bar> bars() {
        int last = Math.max(FEWEST_BARS, Math.min(2 * target, days.isEmpty() ? 0 : days.getLast()));
        last = Math.max(last, target + 1);
        int[] counts = new int[last + 1];
        for (int day : days) {
            counts[Math.min(day, last)]++;
        }
        int most = Math.max(1, java.util.Arrays.stream(counts).max().orElse(1));
        double step = (double) (WIDTH - LEFT) / counts.length;
        List<Bar> bars = new ArrayList<>();
        for (int day = 0; day < counts.length; day++) {
            int height = (int) Math.round(counts[day] * (BOTTOM - 24.0) / most);
            bars.add(new Bar(
                    day,
                    day == last && !days.isEmpty() && days.getLast() > last,
                    counts[day],
                    (int) Math.round(LEFT + day * step + step * 0.1),
                    BOTTOM - height,
                    (int) Math.max(1, Math.round(step * 0.8)),
                    height));
        }
        return bars;
    }

    /** Where the target ends: behind the bar of its last day. */
    int targetX() {
        return (int) Math.round(LEFT + (target + 1.0) * (WIDTH - LEFT) / bars().size());
    }

    /** Whether a bar's day is written below it: all where there are few, else every fifth. */
    boolean labelled(Bar bar) {
        int count = bars().size();
        return count <= 24 || bar.day() % (count / 12) == 0;
    }
}
