package org.farga.access;

import java.util.Locale;
import org.farga.platform.Messages;
import org.farga.platform.Problems;
import org.farga.shared.Refusal;
import org.springframework.stereotype.Component;

/** What rules, findings and events say, in a reader's language. */
@Component
class Sentences {
    private final Messages messages;
    private final Problems problems;

    Sentences(Messages messages, Problems problems) {
        this.messages = messages;
        this.problems = problems;
    }

    String rule(Rule rule, Locale language) {
        return messages.text(language, "access.rule." + rule);
    }

    /** Where the rule comes from. */
    String source(Rule rule, Locale language) {
        return messages.text(language, "access.source." + rule);
    }

    String reason(Finding finding, Locale language) {
        return messages.text(language, finding.reason(), finding.arguments(language));
    }

    String missing(String field, Locale language) {
        return messages.text(language, "access.missing." + field);
    }

    String event(ProposalEvent event, Locale language) {
        return messages.text(language, "access.event." + event.kind());
    }

    String text(String key, Locale language) {
        return messages.text(language, key);
    }

    String refusal(Refusal refusal, Locale language) {
        return problems.sentence(refusal, language);
    }
}
