package org.farga.platform;

import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ProblemDetail;

/** The description of the API, at {@code /v3/api-docs}; the committed copy is {@code docs/openapi.json}. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {
    static {
        SpringDocUtils.getConfig()
                .addRequestWrapperToIgnore(org.farga.shared.Actor.class)
                .replaceWithSchema(org.farga.shared.JobId.class, new Schema<Long>().types(java.util.Set.of("integer")))
                .replaceWithSchema(org.farga.shared.GpuHours.class, hours("GPU-hours"))
                .replaceWithSchema(org.farga.shared.CpuHours.class, hours("CPU-hours"))
                .replaceWithSchema(
                        org.farga.shared.Country.class,
                        new Schema<String>()
                                .types(java.util.Set.of("string"))
                                .pattern("[A-Z]{2}")
                                .description("ISO 3166-1 alpha-2"))
                .replaceWithSchema(
                        org.farga.shared.EmailAddress.class,
                        new Schema<String>().types(java.util.Set.of("string")).format("email"));
        for (Class<?> id : List.of(
                org.farga.shared.PersonId.class,
                org.farga.shared.OrganisationId.class,
                org.farga.shared.CallId.class,
                org.farga.shared.ProposalId.class,
                org.farga.shared.ProjectId.class,
                org.farga.shared.AllocationId.class,
                org.farga.shared.DatasetId.class,
                org.farga.shared.DatasetVersionId.class,
                org.farga.shared.AgreementId.class,
                org.farga.shared.RunId.class,
                org.farga.shared.ModelId.class)) {
            SpringDocUtils.getConfig()
                    .replaceWithSchema(
                            id,
                            new Schema<String>()
                                    .types(java.util.Set.of("string"))
                                    .format("uuid"));
        }
    }

    private static Schema<?> hours(String unit) {
        return new Schema<Number>().types(java.util.Set.of("number")).description(unit + ", to four decimals");
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Farga")
                        .version("v1")
                        .description("Everything the pages can do. Problems are application/problem+json (RFC 9457).")
                        .license(new License().name("Apache-2.0")))
                .servers(List.of(new Server().url("/")))
                .components(new Components()
                        .addSecuritySchemes(
                                "token",
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")))
                .addSecurityItem(new SecurityRequirement().addList("token"));
    }

    /**
     * What the API's records always hold is required: every component that is not nullable. Without it a client made from
     * the description would have to doubt each property.
     */
    @Bean
    static ModelConverter requiredComponents() {
        return new ModelConverter() {
            @Override
            public @Nullable Schema<?> resolve(
                    AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
                Schema<?> resolved = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
                Class<?> raw = Json.mapper().constructType(type.getType()).getRawClass();
                if (resolved != null && raw.isRecord()) {
                    String reference = resolved.get$ref();
                    Schema<?> defined = reference == null
                            ? resolved
                            : context.getDefinedModels().get(reference.substring(reference.lastIndexOf('/') + 1));
                    require(raw, defined);
                }
                return resolved;
            }
        };
    }

    private static void require(Class<?> raw, @Nullable Schema<?> schema) {
        if (schema == null || schema.getProperties() == null) {
            return;
        }
        for (RecordComponent component : raw.getRecordComponents()) {
            String name = CompleteBodies.name(component);
            boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class)
                    || component.getType() == Optional.class;
            List<String> required = schema.getRequired();
            if (!nullable
                    && schema.getProperties().containsKey(name)
                    && (required == null || !required.contains(name))) {
                schema.addRequiredItem(name);
            }
        }
    }

    /** As Jackson writes it: addresses are of this site, and what is added stands beside the rest. */
    @SuppressWarnings({"rawtypes", "unchecked"})
    private static Schema<?> asWritten(Schema problem) {
        Map<String, Schema> properties = problem.getProperties();
        properties.remove("properties");
        for (String address : List.of("type", "instance")) {
            properties.computeIfPresent(address, (name, schema) -> {
                schema.setFormat("uri-reference");
                return schema;
            });
        }
        problem.setRequired(List.of("type", "title", "status", "detail"));
        problem.setAdditionalProperties(true);
        return problem;
    }

    /** Every operation can answer with a problem. */
    @Bean
    OpenApiCustomizer problemAnswers() {
        return api -> {
            io.swagger.v3.core.converter.ModelConverters.getInstance(true)
                    .read(ProblemDetail.class)
                    .forEach((name, schema) -> api.getComponents().addSchemas(name, asWritten(schema)));
            ApiResponse problem = new ApiResponse()
                    .description("A problem, named by its type")
                    .content(new Content()
                            .addMediaType(
                                    "application/problem+json",
                                    new MediaType().schema(new Schema<>().$ref("#/components/schemas/ProblemDetail"))));
            api.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(operation -> operation.getResponses().addApiResponse("default", problem));
        };
    }
}
