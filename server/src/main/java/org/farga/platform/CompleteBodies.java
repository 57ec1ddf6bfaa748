package org.farga.platform;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.stream.Stream;
import org.farga.shared.Fields;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Refuses a body that lacks what its record does not call nullable, before any verb meets a null that its types exclude.
 * The API's description calls the same components required.
 */
@ControllerAdvice
class CompleteBodies extends RequestBodyAdviceAdapter {
    private static final ClassValue<List<Part>> PARTS = new ClassValue<>() {
        @Override
        protected List<Part> computeValue(Class<?> type) {
            return Stream.of(type.getRecordComponents()).map(Part::of).toList();
        }
    };

    @Override
    public boolean supports(MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public Object afterBodyRead(
            Object body,
            HttpInputMessage message,
            MethodParameter parameter,
            Type type,
            Class<? extends HttpMessageConverter<?>> converter) {
        Fields fields = new Fields();
        check(fields, "", body);
        fields.refusal().ifPresent(refusal -> {
            throw new Answer.RefusedException(refusal);
        });
        return body;
    }

    private static void check(Fields fields, String path, @Nullable Object value) {
        if (value instanceof Iterable<?> all) {
            int i = 0;
            for (Object one : all) {
                check(fields, path + "[" + i++ + "]", one);
            }
        }
        if (!(value instanceof Record holder) || !holder.getClass().getName().startsWith("org.farga.")) {
            return;
        }
        for (Part part : PARTS.get(holder.getClass())) {
            Object given = part.of(holder);
            String field = path.isEmpty() ? part.name() : path + "." + part.name();
            if (given == null && part.required()) {
                fields.present(field, null);
            }
            check(fields, field, given);
        }
    }

    /** What is asked of each body again, worked out once for its class. */
    private record Part(String name, boolean required, Method accessor) {
        static Part of(RecordComponent component) {
            component.getAccessor().setAccessible(true);
            return new Part(
                    CompleteBodies.name(component),
                    !component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                    component.getAccessor());
        }

        @Nullable
        Object of(Record holder) {
            try {
                return accessor.invoke(holder);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(accessor + " cannot be called", e);
            }
        }
    }

    /** As JSON calls it. */
    static String name(RecordComponent component) {
        JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
        return named == null || named.value().isEmpty() ? component.getName() : named.value();
    }
}
