package org.farga.compute;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InterpreterTest {

    private static final String PATH = "/usr/local/bin:/usr/bin:/bin";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#!/bin/sh",
                "#! /bin/sh -e",
                "#!/usr/bin/env sh",
                "#!/usr/bin/env -S sh -e",
                "#!/usr/bin/env -Ssh -e",
                "#!/usr/bin/env -S LANG=C sh -e",
                "#!/usr/bin/env /bin/sh"
            })
    void aScriptWhoseInterpreterIsThereMayRun(String line) {
        assertThat(Interpreter.refusal(line + "\nexit 0\n", PATH)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "#!bin/sh | full path",
                "#! | full path",
                "#!/no/such/python3 -u | /no/such/python3",
                "#!/usr | /usr",
                "#!/etc/passwd | /etc/passwd",
                "#!/usr/bin/env | names no interpreter",
                "#!/usr/bin/env -S | names no interpreter",
                "#!/usr/bin/env no-such-python | no-such-python",
                "#!/usr/bin/env -S no-such-python -u | no-such-python",
                "#!/usr/bin/env sh -e | env -S",
                "#!/usr/bin/env /no/such/python | /no/such/python"
            })
    void aScriptWhoseInterpreterIsMissingIsRefusedByName(String line, String said) {
        assertThat(Interpreter.refusal(line + "\nexit 0\n", PATH))
                .hasValueSatisfying(reason -> assertThat(reason).contains(said));
    }

    @Test
    void anInterpreterIsLookedForOnThePathOfTheJob() {
        assertThat(Interpreter.refusal("#!/usr/bin/env sh\n", "/no/such/folder:relative:"))
                .isPresent();
    }
}
