package org.farga.dataspace;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Under which licence a dataset is given: an SPDX identifier that is usual for data, or a {@code LicenseRef-} of the
 * provider's own.
 *
 * @param id as the SPDX licence list writes it
 * @param name for people
 * @param open whether it is an open licence in the sense of the Open Definition
 */
record Licence(String id, String name, boolean open) {
    private static final Pattern OWN = Pattern.compile("LicenseRef-[A-Za-z0-9.-]{1,80}");

    /** What the form offers, in the order of how often data carry it. */
    static final List<Licence> LISTED = List.of(
            new Licence("CC-BY-4.0", "Creative Commons Attribution 4.0", true),
            new Licence("CC0-1.0", "Creative Commons Zero 1.0", true),
            new Licence("CC-BY-SA-4.0", "Creative Commons Attribution Share Alike 4.0", true),
            new Licence("CC-BY-3.0", "Creative Commons Attribution 3.0", true),
            new Licence("CC-BY-SA-3.0", "Creative Commons Attribution Share Alike 3.0", true),
            new Licence("CC-BY-NC-4.0", "Creative Commons Attribution Non Commercial 4.0", false),
            new Licence("CC-BY-NC-SA-4.0", "Creative Commons Attribution Non Commercial Share Alike 4.0", false),
            new Licence("CC-BY-NC-ND-4.0", "Creative Commons Attribution Non Commercial No Derivatives 4.0", false),
            new Licence("CC-BY-ND-4.0", "Creative Commons Attribution No Derivatives 4.0", false),
            new Licence("ODbL-1.0", "Open Data Commons Open Database 1.0", true),
            new Licence("ODC-By-1.0", "Open Data Commons Attribution 1.0", true),
            new Licence("PDDL-1.0", "Open Data Commons Public Domain Dedication 1.0", true),
            new Licence("CDLA-Permissive-1.0", "Community Data License Agreement Permissive 1.0", true),
            new Licence("CDLA-Permissive-2.0", "Community Data License Agreement Permissive 2.0", true),
            new Licence("CDLA-Sharing-1.0", "Community Data License Agreement Sharing 1.0", true),
            new Licence("C-UDA-1.0", "Computational Use of Data Agreement 1.0", false),
            new Licence("O-UDA-1.0", "Open Use of Data Agreement 1.0", true),
            new Licence("DL-DE-BY-2.0", "Data licence Germany, attribution, 2.0", true),
            new Licence("DL-DE-ZERO-2.0", "Data licence Germany, zero, 2.0", true),
            new Licence("etalab-2.0", "Etalab Open License 2.0", true),
            new Licence("OGL-UK-3.0", "Open Government Licence 3.0", true),
            new Licence("NLOD-2.0", "Norwegian Licence for Open Government Data 2.0", true),
            new Licence("EUPL-1.2", "European Union Public License 1.2", true),
            new Licence("Apache-2.0", "Apache License 2.0", true),
            new Licence("MIT", "MIT License", true),
            new Licence("BSD-3-Clause", "BSD 3-Clause License", true),
            new Licence("GPL-3.0-or-later", "GNU General Public License 3.0 or later", true));

    /** The licence behind an identifier, whose case is forgiven; empty where it is none that Farga knows. */
    static Optional<Licence> parse(@Nullable String id) {
        if (id == null) {
            return Optional.empty();
        }
        String stripped = id.strip();
        Optional<Licence> listed =
                LISTED.stream().filter(l -> l.id().equalsIgnoreCase(stripped)).findFirst();
        return listed.isPresent() || !OWN.matcher(stripped).matches()
                ? listed
                : Optional.of(new Licence(stripped, stripped, false));
    }

    /** As it was stored: an identifier that a later Farga no longer lists is still what was granted. */
    static Licence stored(String id) {
        return parse(id).orElse(new Licence(id, id, false));
    }
}
