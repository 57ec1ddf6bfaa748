package org.farga.compute;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;

/**
 * Reads a text file that somebody is still writing, piece by piece: a piece never ends within a character, or within a
 * line where lines are asked for. Bytes that are not UTF-8 are shown as the replacement character.
 */
final class GrowingFile {
    private GrowingFile() {}

    /** Opens the file; throws {@link NoSuchFileException} while it is not there. */
    interface Opener {
        SeekableByteChannel open() throws IOException;
    }

    /** A piece, and the offset in bytes of what follows it: the same offset where there is nothing yet. */
    record Piece(String text, long next) {}

    /**
     * Text from an offset, at most so many bytes.
     *
     * @param complete whether nothing more will be written, so that half a character at the end is one for good
     */
    static Piece text(Opener file, long from, int mostBytes, boolean complete) throws IOException {
        byte[] bytes = read(file, from, mostBytes);
        int cut = complete && bytes.length < mostBytes ? bytes.length : bytes.length - unfinished(bytes);
        return new Piece(new String(bytes, 0, cut, StandardCharsets.UTF_8), from + cut);
    }

    /** Whole lines from an offset. A line that is longer than all that may be read is passed over. */
    static Piece lines(Opener file, long from, int mostBytes, boolean complete) throws IOException {
        byte[] bytes = read(file, from, mostBytes);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        if (end == 0 && bytes.length == mostBytes) {
            return new Piece("", from + bytes.length);
        }
        int cut = complete && bytes.length < mostBytes ? bytes.length : end;
        return new Piece(new String(bytes, 0, cut, StandardCharsets.UTF_8), from + cut);
    }

    /** Its length in bytes; 0 while it is not there. */
    static long length(Opener file) throws IOException {
        try (SeekableByteChannel channel = file.open()) {
            return channel.size();
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static byte[] read(Opener file, long from, int most) throws IOException {
        try (SeekableByteChannel channel = file.open()) {
            long there = channel.size() - from;
            if (from < 0 || there <= 0 || most <= 0) {
                return new byte[0];
            }
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(there, most));
            channel.position(from);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // on to the end of what is asked for
            }
            return Arrays.copyOf(buffer.array(), buffer.position());
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    /** How many bytes at the end begin a character that is not whole yet. */
    private static int unfinished(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int b = bytes[bytes.length - back] & 0xFF;
            if (b >= 0xC0) {
                int length = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
                return length > back ? back : 0;
            }
            if (b < 0x80) {
                return 0;
            }
        }
        return 0;
    }
}
