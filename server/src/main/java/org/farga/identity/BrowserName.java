package org.farga.identity;

import org.jspecify.annotations.Nullable;

/** What a browser calls itself, in the two words a person knows it by: "Firefox · Linux". */
record BrowserName(String browser, String system) {
    // In this order: browsers name those that they want to be taken for as well.
    private static final String[][] BROWSERS = {
        {"Edg", "Edge"},
        {"OPR/", "Opera"},
        {"SamsungBrowser", "Samsung Internet"},
        {"Firefox", "Firefox"},
        {"FxiOS", "Firefox"},
        {"CriOS", "Chrome"},
        {"Chrome", "Chrome"},
        {"Chromium", "Chromium"},
        {"Safari", "Safari"},
        {"Java", "Java"},
        {"curl", "curl"}
    };

    private static final String[][] SYSTEMS = {
        {"Android", "Android"},
        {"iPhone", "iPhone"},
        {"iPad", "iPad"},
        {"Windows", "Windows"},
        {"Mac OS X", "macOS"},
        {"CrOS", "ChromeOS"},
        {"Linux", "Linux"}
    };

    static BrowserName of(@Nullable String userAgent) {
        String agent = userAgent == null ? "" : userAgent;
        return new BrowserName(first(BROWSERS, agent), first(SYSTEMS, agent));
    }

    /** Empty where nothing of it is known. */
    String text() {
        return browser.isEmpty() || system.isEmpty() ? browser + system : browser + " · " + system;
    }

    private static String first(String[][] names, String agent) {
        for (String[] name : names) {
            if (agent.contains(name[0])) {
                return name[1];
            }
        }
        return "";
    }
}
