package org.farga.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileTypeTest {
    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] zip(String... entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (int i = 0; i < entries.length; i += 2) {
                ZipEntry entry = new ZipEntry(entries[i]);
                byte[] content = utf8(entries[i + 1]);
                if (entries[i].equals("mimetype")) {
                    CRC32 sum = new CRC32();
                    sum.update(content);
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(content.length);
                    entry.setCrc(sum.getValue());
                }
                zip.putNextEntry(entry);
                zip.write(content);
            }
        }
        return out.toByteArray();
    }

    @Test
    void aTypeIsToldByTheContent() throws IOException {
        assertThat(FileType.of(utf8("%PDF-1.7\n…\n%%EOF\n"))).contains(FileType.PDF);
        assertThat(FileType.of(zip("mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<a/>")))
                .contains(FileType.ODT);
        assertThat(FileType.of(zip("[Content_Types].xml", "<a/>", "word/document.xml", "<a/>")))
                .contains(FileType.DOCX);
        assertThat(FileType.of(utf8("month;hours\n1;20\n2;\"3;4\"\n"))).contains(FileType.CSV);
        assertThat(FileType.of(utf8("We train, then we test.\nThat is all.\n"))).contains(FileType.TXT);
        byte[] png = {
            (byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 'I', 'E', 'N', 'D', (byte) 0xAE, 0x42, 0x60, (byte) 0x82
        };
        assertThat(FileType.of(png)).contains(FileType.PNG);
        assertThat(FileType.of(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, 0, (byte) 0xFF, (byte) 0xD9}))
                .contains(FileType.JPEG);
    }

    @Test
    void whatIsCutShortHidesMacrosOrIsSomethingElseIsNone() throws IOException {
        assertThat(FileType.of(utf8("%PDF-1.7\nhalf"))).isEmpty();
        assertThat(FileType.of(zip("[Content_Types].xml", "", "word/document.xml", "", "word/vbaProject.bin", "x")))
                .isEmpty();
        assertThat(FileType.of(zip("word/vbaProject.bin", "x", "[Content_Types].xml", "", "word/document.xml", "")))
                .isEmpty();
        assertThat(FileType.of(zip("run.sh", "rm -rf /"))).isEmpty();
        assertThat(FileType.of(zip("mimetype", "application/java-archive"))).isEmpty();
        assertThat(FileType.of(new byte[] {'M', 'Z', 0, 1, 2})).isEmpty();
        assertThat(FileType.of(new byte[] {0x7F, 'E', 'L', 'F'})).isEmpty();
        assertThat(FileType.of(new byte[] {(byte) 0xE9, 't', 'e'}))
                .as("Latin-1")
                .isEmpty();
        assertThat(FileType.of(utf8(" \n"))).isEmpty();
        assertThat(FileType.of(new byte[] {'P', 'K', 3, 4, 9, 9, 9})).isEmpty();
        assertThat(FileType.of(new byte[0])).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan.html", "plan.pdf.exe", "plan"})
    void aNameEndsAsWhatIsInTheFile(String name) {
        assertThat(FileType.TXT.named(name)).isEqualTo(name + ".txt");
        assertThat(FileType.JPEG.named("a.JPEG")).isEqualTo("a.JPEG");
    }
}
