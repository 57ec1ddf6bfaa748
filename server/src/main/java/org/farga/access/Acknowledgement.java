package org.farga.access;

import java.util.List;
import java.util.Locale;
import org.farga.platform.Messages;
import org.farga.platform.Settings;
import org.springframework.stereotype.Component;

/** What whoever publishes with awarded time writes in thanks, to copy, in each language. */
@Component
class Acknowledgement {
    private final Messages messages;
    private final Settings settings;

    Acknowledgement(Messages messages, Settings settings) {
        this.messages = messages;
        this.settings = settings;
    }

    record Text(Locale language, String text) {}

    /** With the codes of the call and the award and the clusters that it runs on. */
    List<Text> of(Call call, Proposal proposal, List<String> clusters) {
        return Messages.LANGUAGES.stream()
                .map(language -> new Text(
                        language,
                        messages.text(
                                language,
                                "access.acknowledgement",
                                settings.centreName(),
                                String.join(", ", clusters),
                                call.code(),
                                proposal.code())))
                .toList();
    }
}
