package org.farga.access;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.farga.people.SmeVerdict;
import org.farga.shared.Country;
import org.farga.shared.Refusal;

/**
 * A rule of eligibility: looks at the facts and answers with its reason and evidence, or not at all while the facts it needs
 * are missing. Names are kept with decisions and never change their meaning.
 */
enum Rule {
    /** The call is open at the instant of submission. */
    CALL_OPEN(true, "call-closed") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            return found(kind, facts.callOpen(), facts.callTitle()).map(f -> f.on(facts.call()));
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
            boolean open = facts.rules()
                    .partition(asked)
                    .filter(partition -> partition.isOpen(facts.today()))
                    .isPresent();
            return found(kind, open, key).map(f -> f.on(facts.call()));
        }
    },
    /** The organisation is established in the Union or an associated country; elsewhere a person looks at it. */
    ESTABLISHED(false, "established-elsewhere") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            CallRules.CountryList countries = facts.rules().countries();
            Country country = facts.applicant().country();
            String asOf = countries.asOf().toString();
            Optional<Finding> found = countries.codes().contains(country)
                    ? met(kind, country.code(), asOf)
                    : needsPerson(kind, country.code(), asOf);
            return found.map(f -> f.on(Evidence.of("organisation", "#" + country.code()), facts.call()));
        }
    },
    /** The organisation is a legal entity that stands in a register; another shows to a person what it is. */
    REGISTERED(false, "not-a-legal-entity") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            LegalEntity entity = facts.applicant().entity();
            if (entity == null) {
                return needsPerson(kind).map(f -> f.because("undeclared"));
            }
            Evidence declared = Evidence.of("legal-entity", entity.declaredAt().toString());
            return entity.register() != null && entity.entry() != null
                    ? met(kind, entity.register(), entity.entry()).map(f -> f.on(declared))
                    : needsPerson(kind, entity.explanation() == null ? "" : entity.explanation())
                            .map(f -> f.on(declared));
        }
    },
    /** The organisation is a micro, small or medium-sized enterprise by what it declared of the last years. */
    SME(false, "not-an-sme") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            SmeVerdict size = facts.applicant().size();
            if (size == null) {
                return Optional.empty();
            }
            String category = size.category().name();
            String year = String.valueOf(size.latest().year());
            String unnamed =
                    facts.applicant().links().stream().map(Applicant.Link::name).collect(Collectors.joining(", "));
            Optional<Finding> found = !unnamed.isEmpty()
                    ? needsPerson(kind, category, year, unnamed).map(f -> f.because("link-not-named"))
                    : switch (size.standing()) {
                        case SME -> met(kind, category, year);
                        case NO_SME -> notMet(kind, category, year);
                        case ONE_YEAR_ABOVE, OTHER_ENTERPRISES, OUTDATED ->
                            needsPerson(kind, category, year)
                                    .map(f -> f.because(size.standing().name()));
                    };
            return found.map(f -> f.on(sizes(size)))
                    .map(f -> f.on(facts.applicant().links().stream()
                            .map(l ->
                                    Evidence.of("aid-link", l.name(), l.since().toString()))
                            .toArray(Evidence[]::new)));
        }
    },
    /** The organisation is young and small enough to be a startup, as the call says. */
    STARTUP(false, "not-a-startup") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            RuleParameters.Startup most = facts.rules().parameters().startup();
            SmeVerdict size = facts.applicant().size();
            if (most == null || size == null) {
                return Optional.empty();
            }
            LocalDate founded = facts.applicant().foundedOn();
            BigDecimal staff = size.latest().ownStaff();
            boolean small = staff.compareTo(BigDecimal.valueOf(most.fewerEmployees())) < 0;
            if (founded == null) {
                return (small
                                ? needsPerson(kind, most.mostYears(), staff, most.fewerEmployees())
                                : notMet(kind, most.mostYears(), staff, most.fewerEmployees()))
                        .map(f -> f.because("no-day").on(sizes(size)));
            }
            boolean young = !facts.today().isAfter(founded.plusYears(most.mostYears()));
            return found(
                            kind,
                            young && small,
                            founded.until(facts.today()).getYears(),
                            most.mostYears(),
                            staff,
                            most.fewerEmployees())
                    .map(f -> f.on(Evidence.of("founded", founded.toString())).on(sizes(size)));
        }
    },
    /** The machines serve civilian purposes. */
    CIVILIAN_USE(true, "not-civilian") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            Boolean civilian = facts.answers().civilianUse();
            return civilian == null
                    ? Optional.empty()
                    : found(kind, civilian).map(f -> f.on(facts.answer("civilianUse", yesOrNo(civilian))));
        }
    },
    /** Nothing that the AI Act prohibits. */
    NO_PROHIBITED_PRACTICE(true, "prohibited-practice") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            Map<Practice, Practice.Said> said = facts.practices();
            Evidence[] each = Arrays.stream(Practice.values())
                    .filter(said::containsKey)
                    .map(p -> Evidence.of(
                            "practice",
                            p.letter(),
                            "@access.practice." + p,
                            "@access.said." + said.get(p),
                            facts.answeredAt().toString()))
                    .toArray(Evidence[]::new);
            if (said.containsValue(Practice.Said.YES)) {
                return notMet(kind, letters(said, Practice.Said.YES))
                        .map(f -> f.because("practices").on(each));
            }
            Boolean none = facts.answers().noProhibitedPractice();
            if (none == null) {
                return Optional.empty();
            }
            if (said.containsValue(Practice.Said.UNSURE)) {
                return needsPerson(kind, letters(said, Practice.Said.UNSURE)).map(f -> f.on(each));
            }
            if (said.size() == Practice.values().length) {
                return met(kind).map(f -> f.because("practices").on(each));
            }
            return found(kind, none).map(f -> f.on(facts.answer("noProhibitedPractice", yesOrNo(none))));
        }
    },
    /** The work is in one of the sectors that the call is for first. */
    SECTOR(false, "sector-not-foreseen") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            String sector = facts.answers().sector();
            if (sector == null || facts.rules().parameters().sectors().isEmpty()) {
                return Optional.empty();
            }
            return found(kind, facts.rules().parameters().sectors().contains(sector))
                    .map(f -> f.on(facts.answer("sector", "@access.sector." + sector), facts.call()));
        }
    },
    /** The hours lie within what the call grants. */
    HOURS(false, "hours-out-of-bounds") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            var gpu = facts.answers().gpuHours();
            var cpu = facts.answers().cpuHours();
            Optional<Partition> asked = facts.rules().partition(facts.answers().partition());
            if (gpu == null || cpu == null || asked.isEmpty()) {
                return Optional.empty();
            }
            Partition partition = asked.get();
            return found(
                            kind,
                            partition.grants(gpu, cpu),
                            gpu.hours(),
                            partition.minGpuHours().hours(),
                            partition.maxGpuHours().hours(),
                            cpu.hours(),
                            partition.minCpuHours().hours(),
                            partition.maxCpuHours().hours())
                    .map(f -> f.on(
                            facts.answer("gpuHours", gpu.hours()),
                            facts.answer("cpuHours", cpu.hours()),
                            facts.call()));
        }
    },
    /** The duration is one of those that the call offers. */
    DURATION(false, "duration-not-offered") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            Integer months = facts.answers().durationMonths();
            return months == null
                    ? Optional.empty()
                    : found(
                                    kind,
                                    facts.rules().durationsMonths().contains(months),
                                    months,
                                    facts.rules().durations())
                            .map(f -> f.on(facts.answer("durationMonths", months), facts.call()));
        }
    },
    /** The organisation has not more of this mode under decision or in use than the call foresees. */
    LIVE_AWARDS(false, "too-many-live-awards") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            int most = facts.rules().liveAwardsPerOrganisation();
            return found(kind, facts.otherLiveProposals() < most, facts.otherLiveProposals(), most)
                    .map(f -> f.on(Evidence.of("proposals", facts.today().toString()), facts.call()));
        }
    },
    /** The organisation owes no final report on what it was awarded before. */
    FINAL_REPORTS(false, "final-report-missing") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            List<Applicant.Report> overdue = facts.applicant().overdue();
            return overdue.isEmpty()
                    ? met(kind)
                            .map(f -> f.on(Evidence.of("reports", facts.today().toString())))
                    : notMet(
                                    kind,
                                    overdue.size(),
                                    overdue.stream().map(Applicant.Report::code).collect(Collectors.joining(", ")))
                            .map(f -> f.on(overdue.stream()
                                    .map(r -> Evidence.of(
                                            "report", r.code(), r.dueAt().toString()))
                                    .toArray(Evidence[]::new)));
        }
    },
    /** What is asked for is left of what the call has to give. */
    FUNDS_LEFT(false, "no-funds-left") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            Optional<String> asked = facts.partition();
            if (facts.answers().gpuHours() == null || facts.answers().cpuHours() == null || asked.isEmpty()) {
                return Optional.empty();
            }
            List<FundLeft> funds =
                    facts.funds().stream().filter(f -> f.isOf(asked.get())).toList();
            Evidence[] each = funds.stream().map(f -> fund(f, facts)).toArray(Evidence[]::new);
            BigDecimal gpu = facts.gpuHours();
            BigDecimal cpu = facts.cpuHours();
            Optional<Finding> found;
            if (funds.isEmpty()) {
                found = met(kind).map(f -> f.because("no-limit").on(facts.call()));
            } else if (funds.stream().anyMatch(f -> f.isSpent(gpu, cpu))) {
                found = notMet(kind, gpu, cpu);
            } else {
                found = funds.stream().allMatch(f -> f.covers(gpu, cpu))
                        ? met(kind, gpu, cpu)
                        : needsPerson(kind, gpu, cpu);
            }
            return found.map(f -> f.on(each));
        }
    },
    /** Personal data should stay away from a first try; where it does not, an agreement on processing comes first. */
    PERSONAL_DATA(false, "personal-data") {
        @Override
        Optional<Finding> judge(Facts facts, Kind kind) {
            Boolean personal = facts.answers().personalData();
            return personal == null
                    ? Optional.empty()
                    : found(kind, !personal).map(f -> f.on(facts.answer("personalData", yesOrNo(personal))));
        }
    };

    /** The variant of a finding that has nothing to go by. */
    static final String UNTOLD = "untold";

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
            case CALL_OPEN, PARTITION_OPEN, LIVE_AWARDS, FINAL_REPORTS, FUNDS_LEFT ->
                Refusal.conflict(refusal, arguments);
            case ESTABLISHED,
                    REGISTERED,
                    SME,
                    STARTUP,
                    CIVILIAN_USE,
                    NO_PROHIBITED_PRACTICE,
                    SECTOR,
                    HOURS,
                    DURATION,
                    PERSONAL_DATA -> Refusal.invalid(refusal, arguments);
        };
    }

    Optional<Finding> found(Kind kind, boolean holds, Object... arguments) {
        return holds ? met(kind, arguments) : notMet(kind, arguments);
    }

    Optional<Finding> met(Kind kind, Object... arguments) {
        return Optional.of(Finding.of(this, kind, Finding.Answer.MET, arguments));
    }

    Optional<Finding> notMet(Kind kind, Object... arguments) {
        return Optional.of(Finding.of(this, kind, Finding.Answer.NOT_MET, arguments));
    }

    Optional<Finding> needsPerson(Kind kind, Object... arguments) {
        return Optional.of(Finding.of(this, kind, Finding.Answer.NEEDS_PERSON, arguments));
    }

    private static String yesOrNo(boolean answer) {
        return answer ? "@access.yes" : "@access.no";
    }

    private static String letters(Map<Practice, Practice.Said> said, Practice.Said wanted) {
        return Arrays.stream(Practice.values())
                .filter(p -> said.get(p) == wanted)
                .map(p -> "(" + p.letter() + ")")
                .collect(Collectors.joining(", "));
    }

    private static Evidence[] sizes(SmeVerdict size) {
        return size.years().stream()
                .limit(3)
                .map(y -> Evidence.of(
                        "size",
                        String.valueOf(y.year()),
                        y.staff(),
                        y.turnoverEur(),
                        y.balanceSheetEur(),
                        y.linked(),
                        y.partners(),
                        y.declaredAt().toString()))
                .toArray(Evidence[]::new);
    }

    private static Evidence fund(FundLeft fund, Facts facts) {
        return Evidence.of(
                "fund",
                fund.partition() == null ? "" : fund.partition(),
                fund.gpuHours() == null ? -1 : fund.gpuHours(),
                fund.awardedGpuHours(),
                fund.cpuHours() == null ? -1 : fund.cpuHours(),
                fund.awardedCpuHours(),
                facts.today().toString());
    }
}
