package org.farga.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Slurm's short way to write many nodes, taken apart: {@code gpu[1-3,07],login} is gpu1, gpu2, gpu3, gpu07 and login. */
final class NodeNames {
    /** More than any cluster has; what is longer is a mistake and not read on. */
    private static final int MOST = 100_000;

    private static final Pattern BRACKET = Pattern.compile("\\[([0-9,-]+)]");

    private NodeNames() {}

    /** The names in order; those of a list that cannot be read are as they were written. */
    static List<String> of(String list) {
        List<String> names = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int at = 0; at <= list.length(); at++) {
            char c = at == list.length() ? ',' : list.charAt(at);
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == ',' && (depth == 0 || at == list.length())) {
                expand(list.substring(from, at).strip(), names);
                from = at + 1;
            }
        }
        return List.copyOf(names);
    }

    private static void expand(String name, List<String> into) {
        Matcher bracket = BRACKET.matcher(name);
        if (name.isEmpty() || into.size() >= MOST) {
            return;
        }
        if (!bracket.find()) {
            into.add(name);
            return;
        }
        String before = name.substring(0, bracket.start());
        String after = name.substring(bracket.end());
        for (String range : bracket.group(1).split(",", -1)) {
            String[] ends = range.split("-", 2);
            if (ends[0].isEmpty() || ends[0].length() > 9 || ends[ends.length - 1].length() > 9) {
                continue;
            }
            int last = Integer.parseInt(ends[ends.length - 1].isEmpty() ? ends[0] : ends[ends.length - 1]);
            for (int n = Integer.parseInt(ends[0]); n <= last && into.size() < MOST; n++) {
                String digits = Integer.toString(n);
                expand(before + "0".repeat(Math.max(0, ends[0].length() - digits.length())) + digits + after, into);
            }
        }
    }
}
