package org.transnormer.corpus.ingest.files;

import java.util.Comparator;
import java.util.Optional;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/** The text a reader of the page came for, its paragraphs on lines of their own. */
final class HtmlText {
  private static final String NEVER_TEXT =
      "script,style,noscript,template,iframe,object,svg,math annotation,form button,select,textarea,"
          + "input,head,[hidden],[aria-hidden=true],[style~=(?i)display\\s*:\\s*none]";
  private static final String AROUND_THE_TEXT =
      "nav,header:not(article header),footer,aside,menu,dialog,[role=navigation],[role=banner],"
          + "[role=contentinfo],[role=complementary],[role=search],[role=menu]";
  private static final String MAIN = "main,[role=main],article";

  /** A main element with less than this share of the page's text is not the page's text. */
  private static final double SHARE_OF_MAIN = 0.3;

  private HtmlText() {}

  /**
   * Of a web page: without navigation and the like, and only the main element where there is one.
   */
  static String ofPage(Document page) {
    page.select(NEVER_TEXT).remove();
    page.select(AROUND_THE_TEXT).remove();
    String whole = text(page.body());
    Optional<String> main =
        page.select(MAIN).stream()
            .map(HtmlText::text)
            .max(Comparator.comparingInt(String::length))
            .filter(text -> text.length() >= SHARE_OF_MAIN * whole.length());
    return main.orElse(whole);
  }

  /** Of a mail part: everything that is shown. */
  static String ofMail(Document part) {
    part.select(NEVER_TEXT).remove();
    return text(part.body());
  }

  static String text(Element root) {
    Lines lines = new Lines();
    NodeTraversor.traverse(lines, root);
    return lines.out.toString().strip();
  }

  private static final class Lines implements NodeVisitor {
    private final StringBuilder out = new StringBuilder();
    private int preformatted;

    @Override
    public void head(Node node, int depth) {
      if (node instanceof TextNode text) {
        append(text.getWholeText());
      } else if (node instanceof Element element) {
        if (element.normalName().equals("br")) {
          breakLine(1);
        } else if (isCell(element)) {
          append(" ");
        } else if (element.isBlock()) {
          breakLine(isParagraph(element) ? 2 : 1);
        }
        preformatted += element.normalName().equals("pre") ? 1 : 0;
      }
    }

    @Override
    public void tail(Node node, int depth) {
      if (node instanceof Element element) {
        preformatted -= element.normalName().equals("pre") ? 1 : 0;
        if (element.isBlock() && !isCell(element)) {
          breakLine(isParagraph(element) ? 2 : 1);
        }
      }
    }

    private static boolean isCell(Element element) {
      return element.normalName().equals("td") || element.normalName().equals("th");
    }

    private static boolean isParagraph(Element element) {
      return switch (element.normalName()) {
        case "p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "table", "ul", "ol" ->
            true;
        default -> false;
      };
    }

    private void append(String text) {
      if (preformatted > 0) {
        out.append(text);
        return;
      }
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        boolean space = Character.isWhitespace(c) || c == '\u00A0';
        if (!space) {
          out.append(c);
        } else if (!out.isEmpty() && !Character.isWhitespace(out.charAt(out.length() - 1))) {
          out.append(' ');
        }
      }
    }

    private void breakLine(int wanted) {
      int end = out.length();
      while (end > 0 && out.charAt(end - 1) == ' ') {
        end--;
      }
      out.setLength(end);
      int present = 0;
      while (present < end && out.charAt(end - 1 - present) == '\n') {
        present++;
      }
      if (end > 0) {
        out.append("\n".repeat(Math.max(0, wanted - present)));
      }
    }
  }
}
