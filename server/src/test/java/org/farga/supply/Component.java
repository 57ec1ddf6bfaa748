package org.farga.supply;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A library that Farga comes with.
 *
 * @param ecosystem as OSV calls it: Maven or npm
 * @param name as OSV writes it there: {@code group:artifact} for Maven
 */
record Component(String ecosystem, String name, String version) {
    /** A package URL (github.com/package-url/purl-spec) as CycloneDX writes it. */
    private static final Pattern PURL = Pattern.compile("pkg:(maven|npm)/([^?#]+)@([^?#]+)(?:[?#].*)?");

    /** A script of others' in our static files: {@code htmx-2.0.11.min.js}. */
    private static final Pattern SCRIPT =
            Pattern.compile("([A-Za-z][A-Za-z.-]*?)-(\\d+(?:\\.\\d+)+)(?:[.-].*)?\\.(?:js|css)");

    static Optional<Component> ofPurl(String purl) {
        Matcher parts = PURL.matcher(purl);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String name = URLDecoder.decode(parts.group(2), StandardCharsets.UTF_8);
        String version = URLDecoder.decode(parts.group(3), StandardCharsets.UTF_8);
        return Optional.of(
                parts.group(1).equals("maven")
                        ? new Component("Maven", name.replace('/', ':'), version)
                        : new Component("npm", name, version));
    }

    static Optional<Component> ofScript(String file) {
        Matcher parts = SCRIPT.matcher(file);
        if (!parts.matches()) {
            return Optional.empty();
        }
        String name = parts.group(1).equals("htmx") ? "htmx.org" : parts.group(1);
        return Optional.of(new Component("npm", name, parts.group(2)));
    }

    @Override
    public String toString() {
        return name + " " + version;
    }
}
