package org.farga.platform;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.GregorianCalendar;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSInteger;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentCatalog;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDNumberTreeNode;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDMarkInfo;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDMarkedContentReference;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDParentTreeValue;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDStructureElement;
import org.apache.pdfbox.pdmodel.documentinterchange.logicalstructure.PDStructureTreeRoot;
import org.apache.pdfbox.pdmodel.documentinterchange.markedcontent.PDPropertyList;
import org.apache.pdfbox.pdmodel.documentinterchange.taggedpdf.StandardStructureTypes;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.interactive.viewerpreferences.PDViewerPreferences;
import org.jspecify.annotations.Nullable;

/**
 * A paper to keep, as PDF on A4: headings, paragraphs and facts under one another, as many pages as it takes. It is tagged, so
 * that a screen reader reads it in its order and language; its font is embedded and knows Latin, Greek and Cyrillic letters (others
 * show as a question mark).
 */
public final class Paper implements Closeable {
    private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
    private static final PDRectangle SIZE = PDRectangle.A4;
    private static final float MARGIN = 68;
    private static final float WIDTH = SIZE.getWidth() - 2 * MARGIN;
    private static final float TEXT = 10.5f;
    private static final float TITLE = 18;
    private static final float HEADING = 13;
    private static final float SMALL = 8.5f;
    private static final float LEADING = 1.4f;
    private static final float LABELS = 150;

    private final PDDocument document = new PDDocument();
    private final PDType0Font font;
    private final CmapLookup glyphs;
    private final PDStructureTreeRoot tree = new PDStructureTreeRoot();
    private final PDStructureElement whole;
    private final List<List<PDStructureElement>> parents = new ArrayList<>();
    private final String footer;
    private @Nullable PDPageContentStream content;
    private @Nullable PDPage page;
    private float y;

    /**
     * Begins one with its title.
     *
     * @param language what it is written in
     * @param head a line over the title: who writes, and when
     * @param footer a line at the foot of each page
     * @param madeAt what it says of when it was made
     */
    public Paper(String title, Locale language, String author, String head, String footer, Instant madeAt) {
        this.footer = footer;
        try (InputStream in = Objects.requireNonNull(PDDocument.class.getResourceAsStream(FONT))) {
            TrueTypeFont parsed = new TTFParser().parse(new RandomAccessReadBuffer(in.readAllBytes()));
            this.glyphs = parsed.getUnicodeCmapLookup();
            this.font = PDType0Font.load(document, parsed, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        PDDocumentCatalog catalog = document.getDocumentCatalog();
        catalog.setLanguage(language.getLanguage());
        PDMarkInfo marks = new PDMarkInfo();
        marks.setMarked(true);
        catalog.setMarkInfo(marks);
        catalog.setStructureTreeRoot(tree);
        PDViewerPreferences preferences = new PDViewerPreferences(new COSDictionary());
        preferences.setDisplayDocTitle(true);
        catalog.setViewerPreferences(preferences);
        document.getDocumentInformation().setTitle(title);
        document.getDocumentInformation().setAuthor(author);
        document.getDocumentInformation().setProducer("Farga");
        document.getDocumentInformation().setCreationDate(GregorianCalendar.from(madeAt.atZone(ZoneOffset.UTC)));
        this.whole = new PDStructureElement(StandardStructureTypes.DOCUMENT, tree);
        tree.appendKid(whole);
        block(StandardStructureTypes.P, head, TEXT, MARGIN, WIDTH);
        space(18);
        block(StandardStructureTypes.H1, title, TITLE, MARGIN, WIDTH);
        space(8);
    }

    public Paper heading(String text) {
        space(8);
        return block(StandardStructureTypes.H2, text, HEADING, MARGIN, WIDTH);
    }

    /** A paragraph; line ends in it stay. */
    public Paper text(String text) {
        block(StandardStructureTypes.P, text, TEXT, MARGIN, WIDTH);
        return space(6);
    }

    /** A name and its value, side by side. */
    public Paper fact(String name, String value) {
        List<String> names = lines(name, TEXT, LABELS - 12);
        List<String> values = lines(value, TEXT, WIDTH - LABELS);
        PDStructureElement fact = element(StandardStructureTypes.P);
        for (int i = 0; i < Math.max(names.size(), values.size()); i++) {
            advance(TEXT);
            if (i < names.size()) {
                show(fact, names.get(i), TEXT, MARGIN);
            }
            if (i < values.size()) {
                show(fact, values.get(i), TEXT, MARGIN + LABELS);
            }
        }
        return space(2);
    }

    /** The file; nothing can be added then. */
    public byte[] bytes() {
        try {
            endPage();
            COSArray numbers = new COSArray();
            for (int i = 0; i < parents.size(); i++) {
                COSArray owners = new COSArray();
                parents.get(i).forEach(owners::add);
                numbers.add(COSInteger.get(i));
                numbers.add(owners);
            }
            COSDictionary byPage = new COSDictionary();
            byPage.setItem(COSName.NUMS, numbers);
            tree.setParentTree(new PDNumberTreeNode(byPage, PDParentTreeValue.class));
            tree.setParentTreeNextKey(parents.size());
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            document.save(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            document.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Paper block(String type, String text, float size, float x, float width) {
        PDStructureElement block = element(type);
        for (String line : lines(text, size, width)) {
            advance(size);
            show(block, line, size, x);
        }
        return this;
    }

    /** A little room before what follows. */
    public Paper space() {
        return space(10);
    }

    private Paper space(float points) {
        y -= points;
        return this;
    }

    private PDStructureElement element(String type) {
        PDStructureElement element = new PDStructureElement(type, whole);
        whole.appendKid(element);
        return element;
    }

    private void advance(float size) {
        if (content == null || y - size * LEADING < MARGIN) {
            endPage();
            beginPage();
        }
        y -= size * LEADING;
    }

    private void beginPage() {
        try {
            page = new PDPage(SIZE);
            page.setStructParents(parents.size());
            parents.add(new ArrayList<>());
            document.addPage(page);
            content = new PDPageContentStream(document, page);
            y = SIZE.getHeight() - MARGIN;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void endPage() {
        if (content == null) {
            return;
        }
        try {
            content.beginMarkedContent(COSName.ARTIFACT);
            String number = String.valueOf(parents.size());
            draw(content, footer, SMALL, MARGIN, MARGIN / 2);
            draw(content, number, SMALL, MARGIN + WIDTH - width(number, SMALL), MARGIN / 2);
            content.endMarkedContent();
            content.close();
            content = null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void show(PDStructureElement owner, String line, float size, float x) {
        try {
            List<PDStructureElement> owners = parents.getLast();
            COSDictionary mark = new COSDictionary();
            mark.setInt(COSName.MCID, owners.size());
            PDMarkedContentReference reference = new PDMarkedContentReference();
            reference.setMCID(owners.size());
            reference.setPage(page);
            owner.appendKid(reference);
            owners.add(owner);
            PDPageContentStream to = Objects.requireNonNull(content);
            to.beginMarkedContent(COSName.getPDFName(owner.getStructureType()), PDPropertyList.create(mark));
            draw(to, line, size, x, y);
            to.endMarkedContent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void draw(PDPageContentStream to, String line, float size, float x, float at) throws IOException {
        to.beginText();
        to.setFont(font, size);
        to.newLineAtOffset(x, at);
        to.showText(known(line));
        to.endText();
    }

    /** A text in lines that are no wider; a word that is too long for one is cut. */
    private List<String> lines(String text, float size, float width) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : known(text).split("\n", -1)) {
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.strip().split("\\s+")) {
                String longer = line.isEmpty() ? word : line + " " + word;
                if (width(longer, size) <= width) {
                    line = new StringBuilder(longer);
                    continue;
                }
                if (!line.isEmpty()) {
                    lines.add(line.toString());
                }
                line = new StringBuilder();
                for (int point : word.codePoints().toArray()) {
                    if (!line.isEmpty() && width(line + Character.toString(point), size) > width) {
                        lines.add(line.toString());
                        line = new StringBuilder();
                    }
                    line.appendCodePoint(point);
                }
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private float width(String line, float size) {
        try {
            return font.getStringWidth(line) / 1000 * size;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text with what the font does not know replaced. */
    private String known(String text) {
        StringBuilder known = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (point == '\n') {
                known.append('\n');
            } else if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
                known.append(' ');
            } else if (!Character.isISOControl(point) && Character.getType(point) != Character.FORMAT) {
                known.appendCodePoint(glyphs.getGlyphId(point) == 0 ? '?' : point);
            }
        });
        return known.toString();
    }
}
