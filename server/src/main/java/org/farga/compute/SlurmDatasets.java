package org.farga.compute;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Datasets in the folder of a Slurm job. On a node nobody can mount what only Farga may enter, so each of a dataset's files gets a
 * name in the job's own folder, where nobody else comes, and loses it when the job has ended: a hard link where datasets and
 * jobs are on one file system, a copy elsewhere.
 */
final class SlurmDatasets {

    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("r--r--r--");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwxr-xr-x");

    private SlurmDatasets() {}

    /** Shows {@code source} at {@code place}, which is not there yet, so that {@code user} can read it and not change it. */
    static void show(Path source, Path place, UserPrincipal user) throws IOException {
        List<Path> folders = new ArrayList<>();
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                folders.add(Files.createDirectory(at(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    showFile(file, at(file), user);
                }
                return FileVisitResult.CONTINUE;
            }

            private Path at(Path original) {
                return place.resolve(source.relativize(original).toString()).normalize();
            }
        });
        for (Path folder : folders) {
            Files.setPosixFilePermissions(folder, FOLDER);
        }
    }

    private static void showFile(Path file, Path place, UserPrincipal user) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        // Of a link to a file of its own the job could change the dataset itself.
        if (!attributes.owner().equals(user) && attributes.permissions().contains(PosixFilePermission.OTHERS_READ)) {
            try {
                Files.createLink(place, file);
                return;
            } catch (UnsupportedOperationException | FileSystemException e) {
                // another file system, or one without hard links
            }
        }
        Files.copy(file, place);
        Files.setPosixFilePermissions(place, FILE);
    }
}
