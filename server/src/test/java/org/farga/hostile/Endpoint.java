package org.farga.hostile;

import java.lang.reflect.Parameter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * One thing that can be asked of the program: a method and a path with variables, as the program itself knows them. What
 * is added to the program is so in every test of this package without anybody thinking of it.
 *
 * @param choices of those fields that take one of a few words, all of them
 * @param parameters the names of the query's or form's fields that the handler names
 */
record Endpoint(String method, String path, Set<String> parameters, Map<String, List<String>> choices) {
    private static final Pattern VARIABLE = Pattern.compile("\\{\\*?([^}]+)}");

    /** Every endpoint but those for the container itself and the description of the API. */
    static List<Endpoint> all(RequestMappingHandlerMapping mappings) {
        return mappings.getHandlerMethods().entrySet().stream()
                .filter(e -> e.getValue().getBeanType().getPackageName().startsWith("org.farga"))
                .flatMap(e -> e.getKey().getPatternValues().stream()
                        .filter(path -> !path.equals("/error"))
                        .flatMap(
                                path -> methods(e.getKey().getMethodsCondition().getMethods()).stream()
                                        .map(method -> of(method, path, e.getValue()))))
                // The same path may answer with several media types.
                .distinct()
                .sorted(Comparator.comparing(Endpoint::path).thenComparing(Endpoint::method))
                .toList();
    }

    private static Set<String> methods(Set<RequestMethod> methods) {
        Set<String> names = new TreeSet<>();
        methods.forEach(method -> names.add(method.name()));
        return names.isEmpty() ? Set.of("GET", "POST") : names;
    }

    private static Endpoint of(String method, String path, HandlerMethod handler) {
        Set<String> names = new TreeSet<>();
        Map<String, List<String>> choices = new TreeMap<>();
        for (Parameter parameter : handler.getMethod().getParameters()) {
            RequestParam asked = parameter.getAnnotation(RequestParam.class);
            if (asked != null) {
                if (!java.util.Map.class.isAssignableFrom(parameter.getType())) {
                    String name = Stream.of(asked.name(), asked.value(), parameter.getName())
                            .filter(given -> !given.isEmpty())
                            .findFirst()
                            .orElseThrow();
                    names.add(name);
                    if (parameter.getType().isEnum()) {
                        choices.put(
                                name,
                                Stream.of(parameter.getType().getEnumConstants())
                                        .map(Object::toString)
                                        .toList());
                    }
                }
            }
        }
        return new Endpoint(method, path, Set.copyOf(names), Map.copyOf(choices));
    }

    boolean isApi() {
        return path.contains("/api/");
    }

    boolean reads() {
        return method.equals("GET");
    }

    /** Its variables, each with the last word of the path before it: {@code organisations/id}. */
    List<String> variables() {
        List<String> found = new java.util.ArrayList<>();
        String word = "";
        for (String segment : path.split("/")) {
            Matcher variable = VARIABLE.matcher(segment);
            if (variable.matches()) {
                found.add(word + "/" + variable.group(1));
            } else {
                word = segment;
            }
        }
        return found;
    }

    /** The path with its variables' values, in their order. */
    String filled(List<String> values) {
        StringBuilder filled = new StringBuilder();
        Matcher variable = VARIABLE.matcher(path);
        int at = 0;
        for (int i = 0; variable.find(); i++) {
            int start = variable.start();
            filled.append(path, at, start).append(values.get(i));
            at = variable.end();
        }
        return filled.append(path.substring(at)).toString();
    }

    /** As the OpenAPI document writes it. */
    String described() {
        return path.replace("{*", "{");
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
