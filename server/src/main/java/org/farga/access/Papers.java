package org.farga.access;

import static java.util.Objects.requireNonNull;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.farga.people.Organisations;
import org.farga.people.People;
import org.farga.platform.Dates;
import org.farga.platform.Messages;
import org.farga.platform.Paper;
import org.farga.platform.Settings;
import org.farga.shared.Actor;
import org.farga.shared.NotFoundException;
import org.farga.shared.ProposalId;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Writes down what was submitted: hashed with the submission, made into a paper after it, and kept as it was made. */
@Service
class Papers {
    private static final TaskDescriptor<Void> MAKE = TaskDescriptor.of("proposal-paper");

    private final PaperTable table;
    private final ProposalTable proposalTable;
    private final CallTable callTable;
    private final AttachmentTable attachments;
    private final Proposals proposals;
    private final Organisations organisations;
    private final People people;
    private final SchedulerClient queue;
    private final Messages messages;
    private final Settings settings;
    private final JsonMapper json;
    private final Clock clock;

    Papers(
            PaperTable table,
            ProposalTable proposalTable,
            CallTable callTable,
            AttachmentTable attachments,
            Proposals proposals,
            Organisations organisations,
            People people,
            @Lazy SchedulerClient queue,
            Messages messages,
            Settings settings,
            JsonMapper json,
            Clock clock) {
        this.table = table;
        this.proposalTable = proposalTable;
        this.callTable = callTable;
        this.attachments = attachments;
        this.proposals = proposals;
        this.organisations = organisations;
        this.people = people;
        this.queue = queue;
        this.messages = messages;
        this.settings = settings;
        this.json = json;
        this.clock = clock;
    }

    /** Hashes what is submitted, in its transaction; the paper is made once that is there for all to see. */
    @EventListener
    @Transactional(propagation = Propagation.MANDATORY)
    void submitted(ProposalSubmitted event) {
        Proposal proposal = proposalTable.find(event.proposal()).orElseThrow();
        People.Summary submitter = people.summaries(List.of(event.by())).get(event.by());
        String language = submitter == null
                ? Locale.ENGLISH.getLanguage()
                : submitter.language().getLanguage();
        table.insert(proposal.id(), language, hash(proposal, event.rulesVersion()));
        queue.scheduleIfNotExists(MAKE.instance(proposal.id().toString()).scheduledTo(clock.instant()));
    }

    /** Of the code, the version of the rules, all answers under their fields' names, and the documents' names and hashes. */
    private byte[] hash(Proposal proposal, int rulesVersion) {
        TreeMap<String, Object> content = new TreeMap<>();
        content.put("code", proposal.code());
        content.put("rulesVersion", rulesVersion);
        content.put("answers", FormValues.of(proposal.answers()));
        TreeMap<String, String> documents = new TreeMap<>();
        attachments.list(proposal.id()).forEach(a -> documents.put(a.name(), a.sha256()));
        content.put("documents", documents);
        return Attachments.sha256(json.writeValueAsString(content).getBytes(StandardCharsets.UTF_8));
    }

    /** A paper with the name of its file. */
    record Kept(String fileName, byte[] pdf) {}

    /** What is known of the paper of one that the actor may see; nothing for drafts and what was submitted before there were any. */
    Optional<PaperTable.Kept> find(Actor actor, ProposalId id) {
        proposals.get(actor, id);
        return table.find(id);
    }

    /** The paper, made now where the task has not come to it; throws {@link NotFoundException}. */
    Kept pdf(Actor actor, ProposalId id) {
        Proposal proposal = proposals.get(actor, id);
        make(id);
        return new Kept(
                proposal.code() + ".pdf", table.pdf(id).orElseThrow(() -> new NotFoundException("proposal-paper")));
    }

    /** Makes a paper; a second time nothing happens. */
    void make(ProposalId id) {
        Optional<PaperTable.Kept> kept = table.find(id).filter(p -> p.madeAt() == null);
        if (kept.isPresent()) {
            Instant now = clock.instant();
            byte[] pdf = paper(proposalTable.find(id).orElseThrow(), kept.get(), now);
            table.make(id, pdf, Attachments.sha256(pdf), now);
        }
    }

    private byte[] paper(Proposal proposal, PaperTable.Kept kept, Instant now) {
        Locale language = Locale.of(kept.language());
        ProposalState.Submission submission = requireNonNull(proposal.state().handedIn());
        Call call = callTable.find(proposal.call()).orElseThrow();
        CallRules rules = callTable.rules(call.id(), submission.rulesVersion());
        String organisation = organisations.summary(proposal.organisation()).name();
        Answers answers = proposal.answers();
        String head = organisation + " · " + Dates.dateTime(submission.at(), language, settings.zone());
        String footer = proposal.code() + " · " + kept.contentSha256();
        try (Paper paper = new Paper(requireNonNull(answers.title()), language, organisation, head, footer, now)) {
            Writer writer = new Writer(paper, language, answers);
            paper.fact(writer.t("access.paper.code"), proposal.code());
            paper.fact(writer.t("access.call"), call.title() + " (" + call.code() + ")");
            paper.fact(writer.t("access.organisation"), organisation);
            paper.fact(writer.t("access.paper.rules-version"), String.valueOf(submission.rulesVersion()));
            paper.fact(
                    writer.t("access.paper.submitted-at"), Dates.dateTime(submission.at(), language, settings.zone()));
            for (FormSection section : FormSection.values()) {
                if (rules.form().contains(section)) {
                    writer.section(section);
                }
            }
            writer.documents(attachments.list(proposal.id()));
            paper.heading(writer.t("access.paper.hash"));
            paper.text(kept.contentSha256());
            paper.text(writer.t("access.paper.hash-hint"));
            return paper.bytes();
        }
    }

    /** Writes answers with their questions. */
    private final class Writer {
        private final Paper paper;
        private final Locale language;
        private final Answers answers;

        Writer(Paper paper, Locale language, Answers answers) {
            this.paper = paper;
            this.language = language;
            this.answers = answers;
        }

        String t(String key, Object... values) {
            return messages.text(language, key, values);
        }

        void section(FormSection section) {
            paper.heading(t("access.section." + section));
            for (AnsweredSection.Line line : AnsweredSection.lines(messages, language, section, answers)) {
                if (line.question() == null) {
                    paper.space();
                    paper.text(line.answer());
                } else if (line.isLong()) {
                    paper.text(line.question() + ":").text(line.answer());
                } else {
                    paper.fact(line.question(), line.answer());
                }
            }
        }

        void documents(List<Attachment> documents) {
            if (!documents.isEmpty()) {
                paper.heading(t("access.documents"));
                documents.forEach(
                        d -> paper.fact(d.name(), d.sizeBytes() + " B · SHA-256 " + d.sha256() + " · " + d.id()));
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Work {
        @Bean
        OneTimeTask<Void> proposalPaper(@Lazy Papers papers) {
            return Tasks.oneTime(MAKE)
                    .onFailure(new FailureHandler.ExponentialBackoffFailureHandler<>(Duration.ofSeconds(30), 2.0))
                    .execute((instance, context) -> papers.make(ProposalId.valueOf(instance.getId())));
        }
    }
}
