package org.farga.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs for this machine: they come packed in a library and are unpacked once per version.
 *
 * @param bin the folder of the programs
 * @param major the major version, such as 18; only the same one reads the data that it wrote
 * @param prefix what a command starts with so that PostgreSQL accepts the user who runs it
 */
record PostgresBinaries(Path bin, int major, List<String> prefix) {
    private static final Pattern VERSION = Pattern.compile("-((\\d+)\\.\\d+\\.\\d+)\\.jar");
    private static final List<String> WHO = List.of("id", "-un");
    private static final String ELSE_PASS_URL = "or pass --url with the address of a PostgreSQL";

    /** Unpacks into {@code binaries-<version>} in the folder unless it is there; a failure's message is for people. */
    static PostgresBinaries unpackedIn(Path folder) throws IOException {
        String platform = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        String name = switch (platform) {
            case "Linux on amd64" -> "/postgres-linux-x86_64.txz";
            case "Linux on aarch64" -> "/postgres-linux-arm_64.txz";
            default -> throw new IOException("there is none for " + platform + "; use Linux, " + ELSE_PASS_URL);
        };
        URL archive = PostgresBinaries.class.getResource(name);
        if (archive == null) {
            throw new IOException("the library that holds " + name + " is not on the class path");
        }
        Matcher version = VERSION.matcher(archive.toString());
        if (!version.find()) {
            throw new IOException("the name of the library does not tell its version: " + archive);
        }
        Path unpacked = folder.resolve("binaries-" + version.group(1));
        if (!Files.isDirectory(unpacked)) {
            unpackOnce(archive, folder, unpacked);
        }
        return new PostgresBinaries(
                unpacked.resolve("bin").toRealPath(), Integer.parseInt(version.group(2)), prefixForThisUser());
    }

    // Several programs may share the folder: one unpacks, the others wait for it.
    private static synchronized void unpackOnce(URL archive, Path folder, Path unpacked) throws IOException {
        Files.createDirectories(folder);
        try (FileChannel channel = FileChannel.open(folder.resolve("binaries.lock"), CREATE, WRITE);
                var _ = channel.lock()) {
            if (!Files.isDirectory(unpacked)) {
                Path partial = folder.resolve("binaries.partial");
                delete(partial); // of a program that was killed
                try {
                    unpack(archive, partial);
                    Files.move(partial, unpacked, ATOMIC_MOVE);
                } finally {
                    delete(partial); // on a full disk it is in the way
                }
            }
        }
    }

    private static void unpack(URL archive, Path target) throws IOException {
        try (InputStream packed = archive.openStream();
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(packed))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("the library holds a file outside its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(Objects.requireNonNull(path.getParent()));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    if ((entry.getMode() & 0100) != 0) {
                        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
                    }
                }
            }
        }
    }

    /**
     * PostgreSQL refuses root, and a user that has no name, as containers like to have. In a user namespace of its own
     * it takes itself for nobody, while its files stay this user's.
     */
    private static List<String> prefixForThisUser() throws IOException {
        boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        if (!root && succeeds(WHO)) {
            return List.of();
        }
        List<String> prefix = List.of("unshare", "-U");
        try {
            execute("unshare", join(prefix, WHO), "");
        } catch (IOException e) {
            throw new IOException(
                    "it refuses to run as " + (root ? "root" : "a user without a name")
                            + ", and this machine does not let it run as nobody instead; run Farga as another user, "
                            + ELSE_PASS_URL + " (" + e.getMessage() + ")",
                    e);
        }
        return prefix;
    }

    private static boolean succeeds(List<String> command) {
        try {
            execute("", command, "");
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The command that runs a program of PostgreSQL. */
    List<String> command(String program, List<String> arguments) {
        return join(prefix, join(List.of(bin.resolve(program).toString()), arguments));
    }

    /** Runs a program of PostgreSQL to its end; throws {@link IOException} with the end of its output if it fails. */
    void run(String program, List<String> arguments, String input) throws IOException {
        execute(program, command(program, arguments), input);
    }

    private static void execute(String name, List<String> command, String input) throws IOException {
        Process process = withoutOurVariables(new ProcessBuilder(command)).start();
        try (Writer writer = process.outputWriter(UTF_8)) {
            writer.write(input);
        } catch (IOException e) {
            // It ended without reading; its output says why.
        }
        List<String> output = process.inputReader(UTF_8).readAllLines();
        int status = process.onExit().join().exitValue();
        if (status != 0) {
            List<String> end = output.subList(Math.max(0, output.size() - 10), output.size());
            throw new IOException(name + " ended with status " + status + ": "
                    + String.join("\n", end).strip());
        }
    }

    private static List<String> join(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }

    /** Some of our variables would change what PostgreSQL does (TZ, LC_ALL), others are secrets: it gets none. */
    static ProcessBuilder withoutOurVariables(ProcessBuilder builder) {
        builder.environment().keySet().retainAll(Set.of("PATH"));
        return builder.redirectErrorStream(true);
    }

    /** Deletes a folder and all in it, if it exists. */
    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }
}
