package org.farga.dataspace;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * A card in Markdown, of a dataset or a model, as HTML that is safe to show: written-in HTML is shown as text, links lead
 * only to the web, to mail or to files beside the card, and pictures from elsewhere become links, because a page loads
 * nothing from elsewhere.
 */
public final class Card {
    private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
    private static final HtmlRenderer RENDERER = HtmlRenderer.builder()
            .extensions(EXTENSIONS)
            .escapeHtml(true)
            .sanitizeUrls(true)
            .build();
    // The page's own headings come first: title, then section.
    private static final int HEADING_LEVELS_ABOVE = 2;

    private Card() {}

    /**
     * @param markdown CommonMark with tables
     * @param files paths that relative links may lead to
     * @param folder the address of those files, without a slash at its end
     */
    static String html(String markdown, Set<String> files, String folder) {
        return html(markdown, path -> files.contains(path) ? Optional.of(folder + "/" + path) : Optional.empty());
    }

    /**
     * @param markdown CommonMark with tables
     * @param files the address of a file that a relative link names, if it may lead there
     */
    public static String html(String markdown, Function<String, Optional<String>> files) {
        Node card = PARSER.parse(markdown);
        // The page shows the title already.
        if (card.getFirstChild() instanceof Heading first && first.getLevel() == 1) {
            first.unlink();
        }
        card.accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                heading.setLevel(Math.min(6, heading.getLevel() + HEADING_LEVELS_ABOVE - 1));
                visitChildren(heading);
            }

            @Override
            public void visit(Link link) {
                visitChildren(link);
                aim(link, link.getDestination());
            }

            @Override
            public void visit(Image image) {
                visitChildren(image);
                Link link = new Link(image.getDestination(), image.getTitle());
                image.insertAfter(link);
                move(image, link);
                image.unlink();
                aim(link, link.getDestination());
            }

            private void aim(Link link, String destination) {
                String path = destination.startsWith("./") ? destination.substring(2) : destination;
                if (destination.matches("(?i)(https?|mailto):.*")) {
                    return;
                }
                Optional<String> file = files.apply(path);
                if (file.isPresent()) {
                    link.setDestination(file.get());
                } else {
                    for (Node child : children(link)) {
                        link.insertBefore(child);
                    }
                    link.unlink();
                }
            }
        });
        return RENDERER.render(card);
    }

    private static void move(Node from, Node to) {
        for (Node child : children(from)) {
            to.appendChild(child);
        }
    }

    private static List<Node> children(Node parent) {
        List<Node> children = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNext()) {
            children.add(child);
        }
        return children;
    }
}
