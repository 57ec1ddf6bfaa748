package org.farga.compute;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The program that the first line of a script names, as Linux and {@code env} read that line. */
final class Interpreter {

    private Interpreter() {}

    /** A sentence when this machine cannot run the script; {@code path} is the job's search path. */
    static Optional<String> refusal(String script, String path) {
        String line = script.lines().findFirst().orElse("").substring(2).strip();
        List<String> words = Arrays.asList(line.split("[ \t]+"));
        String program = words.getFirst();
        if (!program.startsWith("/")) {
            return Optional.of("The script's first line must name its interpreter by a full path, not #!" + line);
        }
        if (!isProgram(Path.of(program))) {
            return Optional.of("The script asks for the interpreter " + program + ", which is not on this machine");
        }
        if (!program.endsWith("/env")) {
            return Optional.empty();
        }
        // Linux hands everything after the program over as one word, so "env bash -e" looks for "bash -e"; -S splits
        // it.
        boolean splits = words.size() > 1 && words.get(1).startsWith("-S");
        if (words.size() > 2 && !splits) {
            return Optional.of(
                    "The script's first line must say env -S to give " + words.get(1) + " arguments: #!" + line);
        }
        String looked = words.stream()
                .skip(1)
                .map(word -> word.startsWith("-S") ? word.substring(2) : word)
                .filter(word -> !word.isEmpty() && !word.startsWith("-") && !word.contains("="))
                .findFirst()
                .orElse("");
        if (looked.isEmpty()) {
            return Optional.of("The script's first line names no interpreter: #!" + line);
        }
        boolean found = looked.startsWith("/")
                ? isProgram(Path.of(looked))
                : Arrays.stream(path.split(":"))
                        .filter(folder -> folder.startsWith("/"))
                        .anyMatch(folder -> isProgram(Path.of(folder).resolve(looked)));
        return found
                ? Optional.empty()
                : Optional.of("The script asks for the interpreter " + looked + ", which is not on this machine's path "
                        + path);
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
