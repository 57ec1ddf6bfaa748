package org.farga.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.MessageFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
    private final Messages messages = new Messages();

    @ParameterizedTest
    @ValueSource(strings = {"es", "ca"})
    void everyTextExistsInEveryLanguage(String language) {
        assertThat(messages.texts(Locale.of(language)).keySet())
                .containsExactlyInAnyOrderElementsOf(
                        messages.texts(Locale.ENGLISH).keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"es", "ca"})
    void translationsTakeTheSameValues(String language) {
        messages.texts(Locale.ENGLISH).forEach((key, english) -> {
            String translated = messages.texts(Locale.of(language)).getOrDefault(key, english);
            assertThat(new MessageFormat(translated, Locale.of(language)).getArgumentNames())
                    .as(key)
                    .isEqualTo(new MessageFormat(english, Locale.ENGLISH).getArgumentNames());
        });
    }

    @Test
    void catalanKeepsItsApostrophes() {
        assertThat(messages.text(Locale.of("ca"), "problem.idempotency-key-reused"))
                .doesNotContain("''");
        assertThat(messages.text(Locale.of("ca"), "problem.bad-idempotency-key", 255))
                .contains("d'1 a 255");
    }

    @Test
    void pluralsFollowTheLanguage() {
        assertThat(messages.text(Locale.of("es"), "shell.notifications", 1)).isEqualTo("1 notificación sin leer");
        assertThat(messages.text(Locale.of("es"), "shell.notifications", 2)).isEqualTo("2 notificaciones sin leer");
    }
}
