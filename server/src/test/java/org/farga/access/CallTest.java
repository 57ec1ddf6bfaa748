package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.farga.access.Samples.NOW;
import static org.farga.access.Samples.RULES;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.farga.shared.Outcome;
import org.farga.shared.Refusal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTest {
    private static final Set<String> CLUSTERS = Set.of("tramuntana");
    /** The closing instant itself is the first at which the call is closed; the opening instant is the first of being open. */
    @ParameterizedTest
    @CsvSource({"-3600001, PLANNED", "-3600000, OPEN", "-1, OPEN", "0, CLOSED", "1, CLOSED"})
    void aCallIsOpenUntilItsClosingInstant(long millisecondsFromClosing, Call.State state) {
        Call call = Samples.call(NOW.minusSeconds(3600), NOW);
        assertThat(call.state(NOW.plusMillis(millisecondsFromClosing))).isEqualTo(state);
    }

    @Test
    void aStandingCallNeverClosesByItself() {
        assertThat(Samples.call(NOW, null).state(NOW.plusSeconds(1_000_000_000)))
                .isEqualTo(Call.State.OPEN);
    }

    @Test
    void closingAndOpeningCountFromNow() {
        Call open = Samples.call(NOW.minusSeconds(60), null);
        assertThat(open.close(NOW).state(NOW)).isEqualTo(Call.State.CLOSED);
        assertThat(open.close(NOW).state(NOW.minusMillis(1))).isEqualTo(Call.State.OPEN);
        assertThat(open.close(NOW).open(NOW.plusSeconds(1)).state(NOW.plusSeconds(1)))
                .isEqualTo(Call.State.OPEN);
        Call planned = Samples.call(NOW.plusSeconds(60), null);
        assertThat(planned.open(NOW).state(NOW)).isEqualTo(Call.State.OPEN);
        assertThat(planned.close(NOW).state(NOW)).isEqualTo(Call.State.CLOSED);
    }

    @Test
    void rulesChangeAsAWholeOrNotAtAll() {
        assertThat(RULES.with(change("10", "5000", List.of(3, 1), 4), CLUSTERS)
                        .orThrow()
                        .durationsMonths())
                .containsExactly(1, 3);
        assertThat(problems(change("10", "9", List.of(), 0)))
                .containsExactly(
                        "maxGpuHours less-than-minimum",
                        "durationsMonths bad-durations",
                        "steps.DECISION out-of-range");
        assertThat(problems(change("-1", null, List.of(1, 1), null)))
                .containsExactly("minGpuHours not-hours", "durationsMonths bad-durations");
        assertThat(problems(change(null, null, List.of(61), null))).containsExactly("durationsMonths bad-durations");
    }

    @Test
    void timeIsGrantedOnAClusterThatThereIs() {
        assertThat(cluster(RULES.with(on(" tramuntana "), CLUSTERS).orThrow())).isEqualTo("tramuntana");
        assertThat(cluster(RULES.with(on("local"), CLUSTERS).orThrow())).isEqualTo("local");
        assertThat(problems(on("llevant"))).containsExactly("cluster no-such-cluster");
        assertThat(problems(on(""))).containsExactly("cluster no-such-cluster");
    }

    private static String cluster(CallRules rules) {
        return rules.partitions().getFirst().cluster();
    }

    private static CallRules.Change on(String cluster) {
        return new CallRules.Change(
                cluster, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null);
    }

    @Test
    void aRuleStandsOnce() {
        List<CallRules.AppliedRule> twice = new java.util.ArrayList<>(RULES.rules());
        twice.add(new CallRules.AppliedRule(Rule.SME, Rule.Kind.SHOULD));
        assertThat(problems(Samples.rules(twice))).containsExactly("rules rule-twice");
    }

    private static CallRules.Change change(
            @Nullable String least, @Nullable String most, @Nullable List<Integer> durations, @Nullable Integer days) {
        return new CallRules.Change(
                null,
                least == null ? null : new BigDecimal(least),
                most == null ? null : new BigDecimal(most),
                null,
                null,
                null,
                durations,
                null,
                null,
                days == null ? null : List.of(new Step(Step.Kind.DECISION, days)),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static List<String> problems(CallRules.Change change) {
        if (!(RULES.with(change, CLUSTERS) instanceof Outcome.Refused<CallRules>(Refusal refusal))) {
            throw new AssertionError("not refused");
        }
        return refusal.fields().stream().map(f -> f.field() + " " + f.name()).toList();
    }
}
