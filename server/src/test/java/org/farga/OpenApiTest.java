package org.farga;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The committed description of the API is the one that the program gives. */
class OpenApiTest extends HttpTest {
    private static final Path COMMITTED = Path.of("../docs/openapi.json");

    @Test
    void theCommittedDescriptionIsTheLivingOne() throws Exception {
        JsonMapper json =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        String living = json.writeValueAsString(json.readTree(ApiDescription.fetch(address()))) + "\n";
        if (Boolean.getBoolean("farga.write-openapi")) {
            Files.createDirectories(COMMITTED.getParent());
            Files.writeString(COMMITTED, living);
        }
        assertThat(COMMITTED)
                .as("write it with ./mvnw -pl server test -Dtest=OpenApiTest -Dfarga.write-openapi=true")
                .exists();
        assertThat(Files.readString(COMMITTED)).isEqualTo(living);
    }
}
