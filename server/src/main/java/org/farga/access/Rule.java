package org.farga.access;

import java.util.List;
import java.util.Optional;
import org.farga.people.SmeStatus;
import org.farga.shared.Country;
import org.farga.shared.Refusal;

/**
 * A rule of eligibility: looks at the facts and answers with its reason, or not at all while the facts it needs are
 * missing. Names are kept with decisions and never change their meaning.
 */
enum Rule {
    /** The call is open at the instant of submission. */
    CALL_OPEN(true, "call-closed") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            return facts.callOpen() ? met(kind, facts.callTitle()) : notMet(kind, facts.callTitle());
        }
    },
    /** The partition that is asked for is one of the call's, and neither closed by itself nor out of its dates. */
    PARTITION_OPEN(true, "partition-not-available") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            String asked = facts.answers().partition();
            if (asked == null && facts.rules().partitions().size() > 1) {
                return Optional.empty();
            }
            String key = asked == null ? facts.rules().partitions().getFirst().key() : asked;
            return facts.rules()
                            .partition(asked)
                            .filter(partition -> partition.isOpen(facts.today()))
                            .isPresent()
                    ? met(kind, key)
                    : notMet(kind, key);
        }
    },
    /** The organisation is established in the Union or an associated country; elsewhere a person looks at it. */
    ESTABLISHED(false, "established-elsewhere") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            CallRules.CountryList countries = facts.rules().countries();
            Country country = facts.country();
            return countries.codes().contains(country)
                    ? met(kind, country.code(), countries.asOf().toString())
                    : needsPerson(kind, country.code(), countries.asOf().toString());
        }
    },
    /** The organisation is a micro, small or medium-sized enterprise by its latest size declaration. */
    SME(false, "not-an-sme") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            SmeStatus status = facts.size();
            if (status == null) {
                return Optional.empty();
            }
            return status.sme()
                    ? met(kind, status.category().name(), String.valueOf(status.year()))
                    : needsPerson(kind, status.category().name(), String.valueOf(status.year()));
        }
    },
    /** The machines serve civilian purposes. */
    CIVILIAN_USE(true, "not-civilian") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            Boolean civilian = facts.answers().civilianUse();
            return civilian == null ? Optional.empty() : civilian ? met(kind) : notMet(kind);
        }
    },
    /** Nothing that the AI Act prohibits. */
    NO_PROHIBITED_PRACTICE(true, "prohibited-practice") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            Boolean none = facts.answers().noProhibitedPractice();
            return none == null ? Optional.empty() : none ? met(kind) : notMet(kind);
        }
    },
    /** The hours lie within what the call grants. */
    HOURS(false, "hours-out-of-bounds") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            var gpu = facts.answers().gpuHours();
            var cpu = facts.answers().cpuHours();
            if (gpu == null || cpu == null) {
                return Optional.empty();
            }
            Optional<Partition> asked = facts.rules().partition(facts.answers().partition());
            if (asked.isEmpty()) {
                return Optional.empty();
            }
            Partition partition = asked.get();
            boolean within = partition.grants(gpu, cpu);
            Object[] numbers = {
                gpu.hours(),
                partition.minGpuHours().hours(),
                partition.maxGpuHours().hours(),
                cpu.hours(),
                partition.minCpuHours().hours(),
                partition.maxCpuHours().hours()
            };
            return within ? met(kind, numbers) : notMet(kind, numbers);
        }
    },
    /** The duration is one of those that the call offers. */
    DURATION(false, "duration-not-offered") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            Integer months = facts.answers().durationMonths();
            if (months == null) {
                return Optional.empty();
            }
            String offered = facts.rules().durations();
            return facts.rules().durationsMonths().contains(months)
                    ? met(kind, months, offered)
                    : notMet(kind, months, offered);
        }
    },
    /** The organisation has not more of this mode under decision or in use than the call foresees. */
    LIVE_AWARDS(false, "too-many-live-awards") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            int most = facts.rules().liveAwardsPerOrganisation();
            return facts.otherLiveProposals() < most
                    ? met(kind, facts.otherLiveProposals(), most)
                    : notMet(kind, facts.otherLiveProposals(), most);
        }
    },
    /** Personal data should stay away from a first try; where it does not, an agreement on processing comes first. */
    PERSONAL_DATA(false, "personal-data") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            Boolean personal = facts.answers().personalData();
            return personal == null ? Optional.empty() : personal ? notMet(kind) : met(kind);
        }
    };

    /** How much a rule weighs in a call. */
    enum Kind {
        /** Without it there is no award; where it cannot be told, a person tells. */
        MUST,
        /** Wished for: the applicant is told, nothing is refused. */
        SHOULD,
        /** Expected, unless a person finds that this case justifies an exception. */
        EXCEPTION
    }

    private final boolean law;
    private final String refusal;

    Rule(boolean law, String refusal) {
        this.law = law;
        this.refusal = refusal;
    }

    abstract Optional<Finding> judge(Facts facts, Kind kind);

    /** Whether every call must ask it as a MUST. */
    boolean isLaw() {
        return law;
    }

    /** The named problem of a submission that fails this rule as a MUST. */
    Refusal refusal(Finding finding) {
        Object[] arguments = finding.arguments().toArray();
        return switch (this) {
            case CALL_OPEN, PARTITION_OPEN, LIVE_AWARDS -> Refusal.conflict(refusal, arguments);
            case ESTABLISHED, SME, CIVILIAN_USE, NO_PROHIBITED_PRACTICE, HOURS, DURATION, PERSONAL_DATA ->
                Refusal.invalid(refusal, arguments);
        };
    }

    Optional<Finding> met(Kind kind, Object... arguments) {
        return Optional.of(new Finding(this, kind, Finding.Answer.MET, List.of(arguments)));
    }

    Optional<Finding> notMet(Kind kind, Object... arguments) {
        return Optional.of(new Finding(this, kind, Finding.Answer.NOT_MET, List.of(arguments)));
    }

    Optional<Finding> needsPerson(Kind kind, Object... arguments) {
        return Optional.of(new Finding(this, kind, Finding.Answer.NEEDS_PERSON, List.of(arguments)));
    }
}
