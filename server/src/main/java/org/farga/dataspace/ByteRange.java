package org.farga.dataspace;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which part of a file a request asks for (RFC 9110 §14). */
sealed interface ByteRange {
    /** All of it: no range, or one that is to be ignored. */
    record Whole() implements ByteRange {}

    /** From one byte to another, both included, counted from 0. */
    record Part(long first, long last) implements ByteRange {}

    /** None of it can be given; {@code why} names the problem. */
    record Unsatisfiable(String why) implements ByteRange {}

    Pattern ONE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /** Reads {@code Range} for a file of so many bytes; what is no range of bytes is ignored, as the RFC has it. */
    static ByteRange parse(String header, long length) {
        String range = header.strip().toLowerCase(Locale.ROOT);
        if (range.startsWith("bytes=") && range.indexOf(',') >= 0) {
            return new Unsatisfiable("multiple-ranges");
        }
        Matcher one = ONE.matcher(range);
        if (!one.matches() || (one.group(1).isEmpty() && one.group(2).isEmpty())) {
            return new Whole();
        }
        if (one.group(1).isEmpty()) {
            long suffix = Long.parseLong(one.group(2));
            return suffix == 0 || length == 0
                    ? new Unsatisfiable("range-not-satisfiable")
                    : new Part(Math.max(0, length - suffix), length - 1);
        }
        long first = Long.parseLong(one.group(1));
        long last = one.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(one.group(2));
        if (last < first) {
            return new Whole();
        }
        return first >= length
                ? new Unsatisfiable("range-not-satisfiable")
                : new Part(first, Math.min(last, length - 1));
    }
}
