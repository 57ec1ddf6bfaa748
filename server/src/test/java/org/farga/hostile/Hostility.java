package org.farga.hostile;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.farga.hostile.Wire.Request;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a hostile client makes of a request that means well. All chance comes from one seeded source. */
final class Hostility {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Texts that have broken programs before. */
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "\u0000",
            "a\u0000b",
            "\u0001\u0008\u001b[31m",
            "\r\nSet-Cookie: farga_session=stolen\r\n",
            "\ud800",
            "\udfff\ud800",
            "\u202Egnp.exe\u202C",
            "\u2066\u200F\u061C",
            "👩‍👩‍👧‍👦🏳️‍🌈",
            "Ａ\u0301\u0301\u0301\u0301\u0301ﷺ",
            "\ufeff",
            "\ufffd\uffff",
            "null",
            "undefined",
            "NaN",
            "Infinity",
            "1e400",
            "-1",
            "9223372036854775808",
            "0x7f",
            "1,5",
            "' OR '1'='1",
            "'; DROP TABLE person; --",
            "\\",
            "%",
            "_%_",
            "%00",
            "%c0%ae%c0%ae/",
            "../../../../etc/passwd",
            "..\\..\\windows\\win.ini",
            "/etc/passwd",
            "{0} {1,number,#.##} '{'",
            "${jndi:ldap://127.0.0.1/a}",
            "#{7*7} ${7*7} {{7*7}}",
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "=cmd|' /C calc'!A0",
            "(((((((((((((((((((((((((((((a)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*)*",
            "x".repeat(300),
            "x".repeat(70_000),
            "é".repeat(2_001),
            "\n".repeat(5_000),
            "2026-02-30",
            "0000-00-00",
            "+999999999-12-31",
            "9999-12-31T23:59:60Z",
            "00000000-0000-0000-0000-000000000000",
            "1-1-1-1-1",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "#!/bin/sh\u0000\n",
            "#!" + "/".repeat(5_000),
            "#!/bin/sh\n" + "x".repeat(1_500_000));

    /** Values as JSON writes them, some of which it does not. */
    private static final List<String> RAW = List.of(
            "null",
            "true",
            "[]",
            "{}",
            "[[]]",
            "[null]",
            "{\"\":null}",
            "0",
            "-0",
            "-0.0",
            "-1",
            "0.1",
            "1e-400",
            "1e400",
            "1e2147483647",
            "1e-2147483648",
            "1E999999999",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999999999999999999999999999999999",
            "0." + "1".repeat(900),
            "1" + "0".repeat(900),
            "NaN",
            "Infinity",
            "-Infinity",
            "0x10",
            "01",
            "+1",
            "'x'",
            "[1,2,3]",
            "[\"READ\",null,\"READ\"]",
            "{\"a\":{\"b\":{\"c\":1}}}",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"");

    private static final List<String> HEADER_VALUES = List.of(
            "",
            "*",
            "\"\"",
            "\"1",
            "W/\"1\"",
            "\"1\", \"2\"",
            "\"-1\"",
            "\"9223372036854775808\"",
            "\"1e9\"",
            "bytes=0-",
            "bytes=-0",
            "bytes=5-2",
            "bytes=0-0,1-1,2-2,0-999999999999999999999",
            "bytes=99999999999999999999-",
            "bytes=" + "0-1,".repeat(500),
            "lines=1-2",
            "sha-256=:AAAA:",
            "sha-256=:not base64:",
            "sha-512=::",
            "=:=:=",
            "-1",
            "1",
            "99999999999999999999",
            "18446744073709551616",
            "x".repeat(256),
            "x".repeat(4_000),
            "\u00e9",
            "👾",
            "a\tb",
            "%00",
            "../..",
            "{\"a\":1}",
            "text/html;q=x",
            "*/*;q=0.0000001",
            "application/json; charset=utf-99",
            "es-\ud800",
            "xx-YY-u-nu-thai-x-" + "a".repeat(200),
            "Thu, 99 Foo 2026 25:61:61 GMT",
            "-12345",
            "javascript:alert(1)",
            "Bearer",
            "Bearer ",
            "Bearer a b c",
            "Basic dXNlcjpwYXNz",
            "Bearer " + "x".repeat(5_000),
            "gzip, deflate, br");

    private static final List<String> HEADERS = List.of(
            "If-Match",
            "If-None-Match",
            "If-Modified-Since",
            "If-Range",
            "Range",
            "Content-Digest",
            "Digest",
            "Last-Event-ID",
            "Idempotency-Key",
            "Accept",
            "Accept-Language",
            "Accept-Encoding",
            "Content-Language",
            "X-Request-Id",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-Port",
            "X-Forwarded-Prefix",
            "Forwarded",
            "Origin",
            "Referer",
            "User-Agent",
            "X-HTTP-Method-Override",
            "Authorization",
            "Cookie",
            "Expect",
            "Prefer",
            "Host",
            "HX-Request",
            "HX-Target",
            "traceparent");

    private static final List<String> CONTENT_TYPES = List.of(
            "",
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/json; charset=utf-99",
            "application/merge-patch+json",
            "application/json;",
            "application/",
            "/",
            "*/*",
            "image/png",
            "x".repeat(500));

    private static final List<String> METHODS = List.of(
            "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get", "X");

    private static final List<String> SEGMENTS = List.of(
            "..",
            ".",
            "%2e%2e",
            "%2e%2e%2f",
            "..%2f..%2fetc%2fpasswd",
            "%00",
            "a%00b",
            "%0d%0aX:%20y",
            "%",
            "%zz",
            "%ff%fe",
            "%c0%ae",
            "%ED%A0%80",
            "%F0%9F%91%BE",
            "%E2%80%AE",
            ";a=b",
            "a;b",
            "%5c",
            "%2f",
            "%25",
            "%3f",
            "*",
            "~",
            "-1",
            "0",
            "2147483648",
            "9223372036854775808",
            "1e3",
            "null",
            "true",
            "00000000-0000-0000-0000-000000000000",
            "1-1-1-1-1",
            "{id}",
            "%7Bid%7D",
            "'%20OR%201=1--",
            "%22%3E%3Cscript%3E",
            "a".repeat(300),
            "a".repeat(6_000),
            "",
            "%20");

    private final Random random;

    Hostility(long seed) {
        this.random = new Random(seed);
    }

    <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    boolean chance(int inAHundred) {
        return random.nextInt(100) < inAHundred;
    }

    /** One to three things are wrong with what comes out. */
    Request spoil(Request meant, List<String> fields) {
        Request spoiled = meant;
        int times = 1 + random.nextInt(3);
        for (int i = 0; i < times; i++) {
            spoiled = spoilOnce(spoiled, fields);
        }
        return spoiled;
    }

    private Request spoilOnce(Request request, List<String> fields) {
        int choice = random.nextInt(100);
        if (choice < 45 && request.body().length > 0) {
            return request.headers().stream().anyMatch(h -> h.value().contains("json"))
                    ? spoilJson(request)
                    : spoilForm(request);
        }
        if (choice < 60) {
            return request.with(one(HEADERS), header(one(HEADER_VALUES)));
        }
        if (choice < 75) {
            return query(request, fields);
        }
        if (choice < 90) {
            return path(request);
        }
        if (choice < 94) {
            return request.withMethod(one(METHODS));
        }
        if (choice < 97) {
            return request.with("Content-Type", one(CONTENT_TYPES));
        }
        return body(request);
    }

    /** A line end would end the header: that is the client's own business, and would only confuse the reader here. */
    private static String header(String value) {
        return value.replaceAll("[\r\n\u0000]", " ");
    }

    private Request query(Request request, List<String> fields) {
        String name =
                fields.isEmpty() || chance(15) ? one(List.of("cursor", "limit", "x", "", "a[]", "%00")) : one(fields);
        String value = switch (random.nextInt(6)) {
            case 0 ->
                escape(one(TEXTS.subList(0, TEXTS.size() - 1))
                        .transform(t -> t.length() > 3_000 ? "y".repeat(3_000) : t));
            case 1 -> escape(one(RAW));
            case 2 ->
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(one(List.of(
                                        "x",
                                        "a,b",
                                        "2026-01-01T00:00:00Z,x",
                                        "2026-01-01T00:00:00Z|x",
                                        "+1000000000-12-31T23:59:59.999999999Z,ffffffff-ffff-ffff-ffff-ffffffffffff",
                                        "-1000000000-01-01T00:00:00Z|ffffffff-ffff-ffff-ffff-ffffffffffff",
                                        "9223372036854775807",
                                        "\u0000",
                                        "a\u0000,b\u0000",
                                        "\u0000|\u0000",
                                        "-1"))
                                .getBytes(StandardCharsets.UTF_8));
            case 3 -> one(List.of("%", "%zz", "%ff", "%00", "%ED%A0%80", "&", "=", "a&a", "+", ""));
            case 4 -> one(List.of("0", "-1", "201", "2147483648", "99999999999999999999", "1.5", "true"));
            default -> one(SEGMENTS).transform(s -> s.length() > 3_000 ? "x" : s);
        };
        return request.withTarget(request.target() + (request.target().contains("?") ? "&" : "?") + name + "=" + value);
    }

    private Request path(Request request) {
        String[] parts = request.target().split("\\?", 2);
        List<String> segments = new ArrayList<>(List.of(parts[0].split("/")));
        if (segments.size() < 2) {
            return request.withTarget("/" + one(SEGMENTS));
        }
        int at = 1 + random.nextInt(segments.size() - 1);
        if (chance(15)) {
            segments.add(at, one(SEGMENTS));
        } else {
            segments.set(at, one(SEGMENTS));
        }
        String path = String.join("/", segments);
        return request.withTarget((path.isEmpty() ? "/" : path) + (parts.length > 1 ? "?" + parts[1] : ""));
    }

    private Request body(Request request) {
        byte[] body = request.body();
        return switch (random.nextInt(6)) {
            case 0 -> new Request(request.method(), request.target(), request.headers(), random(200));
            case 1 -> request.with("Content-Encoding", one(List.of("gzip", "br", "identity", "x")));
            case 2 -> request.with("Transfer-Encoding", one(List.of("gzip", "x", "identity")));
            case 3 ->
                new Request(
                        request.method(),
                        request.target(),
                        request.headers(),
                        java.util.Arrays.copyOf(body, body.length / 2));
            case 4 -> request.with("Content-Length", one(List.of("-1", "99999999999999999999", "abc", "")));
            default -> request.withBody("application/json", "[".repeat(20_000).getBytes(StandardCharsets.UTF_8));
        };
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private Request spoilJson(Request request) {
        String text = new String(request.body(), StandardCharsets.UTF_8);
        JsonNode root;
        try {
            root = JSON.readTree(text);
        } catch (tools.jackson.core.JacksonException e) {
            return body(request);
        }
        if (!(root instanceof ObjectNode object) || chance(4)) {
            return json(request, one(RAW));
        }
        List<String> names = new ArrayList<>(object.propertyNames());
        if (names.isEmpty()) {
            return json(request, "{\"x\":" + one(RAW) + "}");
        }
        String name = one(names);
        ObjectNode changed = object.deepCopy();
        return switch (random.nextInt(9)) {
            case 0 -> {
                changed.remove(name);
                yield json(request, changed.toString());
            }
            case 1 -> json(request, changed.put("x" + name, "extra").toString());
            case 2, 3 -> json(request, replaced(changed, name, one(RAW)));
            case 4, 5 -> json(request, replaced(changed, name, quoted(one(TEXTS))));
            case 6 -> json(request, text.replaceFirst("\\{", "{\"" + name + "\":null,"));
            case 7 -> {
                // Bytes that are not UTF-8, within a text.
                byte[] bytes = replaced(changed, name, "\"@@@\"").getBytes(StandardCharsets.UTF_8);
                for (int i = 0; i < bytes.length; i++) {
                    if (bytes[i] == '@') {
                        bytes[i] = (byte) (int) one(List.of(0xC0, 0xFF, 0xED, 0x80, 0xF8));
                    }
                }
                yield new Request(request.method(), request.target(), request.headers(), bytes);
            }
            default -> {
                ArrayNode deep = JSON.createArrayNode();
                ArrayNode inner = deep;
                for (int i = 0; i < 400; i++) {
                    inner = inner.addArray();
                }
                changed.set(name, nested(name, deep));
                yield json(request, changed.toString());
            }
        };
    }

    private JsonNode nested(String name, ArrayNode deep) {
        if (chance(50)) {
            return deep;
        }
        ArrayNode many = JSON.createArrayNode();
        IntStream.range(0, 3_000).forEach(i -> many.add(name + i));
        return many;
    }

    private static String replaced(ObjectNode object, String name, String raw) {
        object.put(name, "@@raw@@");
        return object.toString().replace("\"@@raw@@\"", raw);
    }

    /** As JSON text, with lone surrogates escaped, which no encoder could write. */
    private static String quoted(String text) {
        return text.chars()
                .mapToObj(c -> c < 32 || c == '"' || c == '\\' || Character.isSurrogate((char) c)
                        ? "\\u%04x".formatted(c)
                        : String.valueOf((char) c))
                .collect(Collectors.joining("", "\"", "\""));
    }

    private static Request json(Request request, String text) {
        return new Request(
                request.method(), request.target(), request.headers(), text.getBytes(StandardCharsets.UTF_8));
    }

    private Request spoilForm(Request request) {
        List<String> pairs = new ArrayList<>(List.of(new String(request.body(), StandardCharsets.UTF_8).split("&")));
        int at = random.nextInt(pairs.size());
        String name = pairs.get(at).replaceFirst("=.*", "");
        switch (random.nextInt(6)) {
            case 0 -> pairs.remove(at);
            case 1 -> pairs.add(pairs.get(at));
            case 2 -> pairs.set(at, name + "=" + one(List.of("%", "%zz", "%ff%fe", "%00", "%ED%A0%80")));
            case 3 -> pairs.set(at, name + "=" + escape(one(RAW)));
            case 4 -> pairs.set(at, name + "[0].class.classLoader=" + escape(one(TEXTS)));
            default -> pairs.set(at, name + "=" + escape(one(TEXTS)));
        }
        return new Request(
                request.method(),
                request.target(),
                request.headers(),
                String.join("&", pairs).getBytes(StandardCharsets.UTF_8));
    }

    /** Percent-encoded; a lone surrogate as the three bytes that it would be. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (c >= 0xD800 && c < 0xE000) {
                escaped.append("%%ED%%%02X%%%02X".formatted(0x80 | ((c >> 6) & 0x3F), 0x80 | (c & 0x3F)));
            } else {
                escaped.append(java.net.URLEncoder.encode(Character.toString(c), StandardCharsets.UTF_8));
            }
        });
        return escaped.toString();
    }
}
