package org.farga;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The committed description of the API is the one that the program gives. */
class OpenApiTest extends HttpTest {
    private static final Path COMMITTED = Path.of("../docs/openapi.json");

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

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

    /** The description calls types by their simple names: of two with one name it would show but one, in both places. */
    @Test
    void noTwoTypesOfTheApiShareAName() {
        Map<String, Set<Class<?>>> types = new TreeMap<>();
        mappings.getHandlerMethods().values().stream()
                .map(HandlerMethod::getBeanType)
                .filter(type -> type.getName().startsWith("org.farga.")
                        && type.getSimpleName().endsWith("Api"))
                .flatMap(type -> Arrays.stream(type.getDeclaredClasses()))
                .filter(Class::isRecord)
                .forEach(type -> types.computeIfAbsent(type.getSimpleName(), name -> new HashSet<>())
                        .add(type));
        assertThat(types.values().stream().filter(same -> same.size() > 1)).isEmpty();
    }
}
