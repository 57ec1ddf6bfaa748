package org.farga.supply;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.databind.json.JsonMapper;

/** A folder or zip file of OSV records, one to a JSON file. */
final class Feed {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Feed() {}

    /**
     * What the feed knows against these components.
     *
     * @throws IOException where there is no such feed, or it holds no record: nothing would have been checked then
     */
    static List<Advisory.Finding> findings(Path feed, Collection<Component> components) throws IOException {
        Map<String, List<Component>> byName = components.stream().collect(Collectors.groupingBy(Component::name));
        Set<String> names = byName.keySet();
        List<Advisory.Finding> findings = new ArrayList<>();
        long read;
        // A feed holds tens of thousands of records: each is read, asked and dropped.
        Function<InputStream, Integer> ask = in -> {
            Advisory advisory = new Advisory(JSON.readTree(in));
            advisory.json()
                    .path("affected")
                    .valueStream()
                    .map(affected -> affected.path("package").path("name").asString(""))
                    .distinct()
                    .filter(names::contains)
                    .flatMap(name -> byName.get(name).stream())
                    .forEach(component -> advisory.of(component).ifPresent(findings::add));
            return 1;
        };
        if (Files.isDirectory(feed)) {
            try (Stream<Path> files = Files.walk(feed)) {
                read = files.filter(file -> file.toString().endsWith(".json"))
                        .mapToLong(file -> ask.apply(open(() -> Files.newInputStream(file))))
                        .sum();
            }
        } else {
            try (ZipFile zip = new ZipFile(feed.toFile())) {
                read = zip.stream()
                        .filter(entry -> entry.getName().endsWith(".json"))
                        .mapToLong((ZipEntry entry) -> ask.apply(open(() -> zip.getInputStream(entry))))
                        .sum();
            }
        }
        if (read == 0) {
            throw new IOException(feed + " holds no OSV record");
        }
        System.out.printf("asked %d records about %d libraries%n", read, components.size());
        return findings.stream().distinct().toList();
    }

    private interface Opening {
        InputStream open() throws IOException;
    }

    private static InputStream open(Opening opening) {
        try {
            return opening.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
