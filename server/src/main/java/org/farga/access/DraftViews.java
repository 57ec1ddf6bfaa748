package org.farga.access;

import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.farga.people.People;
import org.farga.platform.Messages;
import org.farga.shared.Actor;
import org.farga.shared.PersonId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What a draft's form shows. */
@Component
class DraftViews {
    /** The step at which documents are looked after; the others have the names of their sections. */
    static final String DOCUMENTS = "DOCUMENTS";

    private final Proposals proposals;
    private final Drafts drafts;
    private final AttachmentTable attachments;
    private final People people;
    private final Messages messages;
    private final Clock clock;

    DraftViews(
            Proposals proposals,
            Drafts drafts,
            AttachmentTable attachments,
            People people,
            Messages messages,
            Clock clock) {
        this.proposals = proposals;
        this.drafts = drafts;
        this.attachments = attachments;
        this.people = people;
        this.messages = messages;
        this.clock = clock;
    }

    /**
     * A step of a form.
     *
     * @param name a section's, or {@link #DOCUMENTS}
     * @param missing how many of its questions are still to be answered
     */
    record StepView(String name, int missing) {}

    /** A field that two people changed at once, as the one who came second reads it. */
    record ConflictView(Drafts.Conflict conflict, @Nullable String by) {}

    /**
     * All that a form shows besides the answers themselves.
     *
     * @param stepped whether it is shown step by step; otherwise all of it is one page
     * @param step the name of the step that is shown
     * @param hints the keys of the questions that have a hint
     * @param newRow the name of a row that is not there yet
     */
    record View(
            boolean stepped,
            String step,
            List<StepView> steps,
            List<FormSection> shown,
            FormSums sums,
            @Nullable AiClass aiClass,
            Set<String> hints,
            String newRow,
            List<Attachment> documents,
            Attachment.Limit limit,
            List<DraftTable.Earlier> earlier,
            Map<String, String> was,
            List<ConflictView> conflicts) {
        boolean showsDocuments() {
            return !stepped || step.equals(DOCUMENTS);
        }

        /** The step after this one; null at the last. */
        @Nullable
        StepView next() {
            for (int i = 0; i + 1 < steps.size(); i++) {
                if (steps.get(i).name().equals(step)) {
                    return steps.get(i + 1);
                }
            }
            return null;
        }

        /** How many steps lack nothing. */
        long done() {
            return steps.stream().filter(s -> s.missing() == 0).count();
        }

        View with(Map<String, String> typedOver, List<ConflictView> found) {
            return new View(
                    stepped, step, steps, shown, sums, aiClass, hints, newRow, documents, limit, earlier, typedOver,
                    found);
        }
    }

    View of(Actor actor, Proposal draft, @Nullable String asked) {
        Proposals.Detail detail = proposals.detail(actor, draft.id());
        CallRules rules = detail.rules();
        Map<FormSection, Integer> missing = new HashMap<>();
        detail.missing().stream()
                .filter(f -> !f.equals("sizeDeclaration"))
                .forEach(f -> missing.merge(FormValues.section(f), 1, Integer::sum));
        SectionForm.contradictions(draft.answers(), rules)
                .forEach(p -> missing.merge(FormValues.section(p.field()), 1, Integer::sum));
        boolean stepped = rules.form().stream().anyMatch(s -> !s.isAlwaysAsked());
        List<StepView> steps = new ArrayList<>();
        rules.form().forEach(s -> steps.add(new StepView(s.name(), missing.getOrDefault(s, 0))));
        steps.add(new StepView(DOCUMENTS, 0));
        String step = steps.stream()
                .map(StepView::name)
                .filter(name -> name.equals(asked))
                .findFirst()
                .orElse(steps.getFirst().name());
        List<FormSection> shown = rules.form().stream()
                .filter(s -> !stepped || s.name().equals(step))
                .toList();
        Set<String> hints = new HashSet<>();
        shown.forEach(s -> SectionForm.of(s).questions().stream()
                .map(SectionForm.Question::key)
                .filter(key -> messages.has("access.ask-hint." + key))
                .forEach(hints::add));
        return new View(
                stepped,
                step,
                steps,
                shown,
                FormSums.of(draft.answers()),
                AiClass.of(draft.answers()),
                hints,
                "t" + Long.toString(clock.millis(), 36),
                attachments.list(draft.id()),
                attachments.limit(draft.call()),
                drafts.earlier(draft),
                FormValues.of(draft.answers()),
                List.of());
    }

    List<Attachment> documents(Proposal proposal) {
        return attachments.list(proposal.id());
    }

    /** Conflicts with the names of those who wrote first. */
    List<ConflictView> named(List<Drafts.Conflict> conflicts) {
        Set<PersonId> by = conflicts.stream()
                .map(Drafts.Conflict::by)
                .filter(java.util.Objects::nonNull)
                .collect(Collectors.toSet());
        Map<PersonId, People.Summary> names = by.isEmpty() ? Map.of() : people.summaries(List.copyOf(by));
        return conflicts.stream()
                .map(c -> {
                    People.Summary known = c.by() == null ? null : names.get(c.by());
                    return new ConflictView(c, known == null ? null : known.name());
                })
                .toList();
    }

    /**
     * What is on record of fields that were sent, where it is not what the sender took it to be: they are told, so that they
     * go on from there.
     */
    static Map<String, String> news(Map<String, Drafts.Typed> typed, Proposal stored) {
        Map<String, String> values = FormValues.of(stored.answers());
        Map<String, String> news = new LinkedHashMap<>();
        typed.forEach((field, sent) -> {
            String is = values.getOrDefault(field, "");
            if (!is.equals(sent.was() == null ? "" : sent.was().replace("\r\n", "\n"))) {
                news.put(field, is);
            }
        });
        return news;
    }

    /** Hours as a plot's axis and table need them. */
    static String hours(BigDecimal hours, Locale language) {
        return java.text.NumberFormat.getNumberInstance(language).format(hours);
    }
}
