package org.farga.cli;

/** The {@code farga} command. */
public class Cli {
    private Cli() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {}
}
