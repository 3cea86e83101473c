import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * LossCurve TITLE EVENTS... : the events of {@code tnl model train --json} as a picture (SVG) on
 * standard output: the loss of every step, its mean over 20 steps, the held-out loss. Of several
 * files the later goes on where the earlier was cut off; a line shows where.
 */
public final class LossCurve {

  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;
  private static final int LEFT = 56;
  private static final int RIGHT = 20;
  private static final int TOP = 44;
  private static final int BOTTOM = 44;
  private static final int MEAN_OVER = 20;

  private final TreeMap<Long, Double> train = new TreeMap<>();
  private final TreeMap<Long, Double> heldout = new TreeMap<>();
  private final List<Long> resumed = new ArrayList<>();
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private LossCurve() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2) {
      System.err.println("usage: LossCurve TITLE EVENTS...");
      System.exit(2);
    }
    LossCurve curve = new LossCurve();
    for (int i = 1; i < arguments.length; i++) {
      curve.read(Path.of(arguments[i]), i > 1);
    }
    curve.draw(arguments[0]);
  }

  private void read(Path events, boolean goesOn) throws IOException {
    boolean first = goesOn;
    for (String line : Files.readAllLines(events)) {
      JsonNode event = line.startsWith("{") ? JsonMapper.shared().readTree(line) : null;
      if (event == null || !event.has("step") || !event.has("loss")) {
        continue;
      }
      long step = event.get("step").asLong();
      double loss = event.get("loss").asDouble();
      if (event.get("event").asString().equals("heldout")) {
        heldout.put(step, loss);
        continue;
      }
      if (first) {
        resumed.add(step);
        first = false;
      }
      train.put(step, loss);
    }
  }

  private double most() {
    return Math.ceil(train.values().stream().mapToDouble(v -> v).max().orElse(1));
  }

  private double least() {
    double train = this.train.values().stream().mapToDouble(v -> v).min().orElse(0);
    double heldout = this.heldout.values().stream().mapToDouble(v -> v).min().orElse(train);
    return Math.floor(Math.min(train, heldout));
  }

  private double x(double step) {
    return LEFT + (WIDTH - LEFT - RIGHT) * step / train.lastKey();
  }

  private double y(double loss) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (most() - loss) / Math.max(1, most() - least());
  }

  private void draw(String title) {
    print("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
        + " font-size='12'>", WIDTH, HEIGHT);
    print("<rect width='100%%' height='100%%' fill='white'/>");
    print("<text x='%d' y='24' font-size='15'>%s</text>", LEFT, title.replace("&", "&amp;").replace("<", "&lt;"));
    for (double loss = least(); loss <= most(); loss++) {
      print("<path d='M%d %.1fH%d' stroke='#ddd'/>", LEFT, y(loss), WIDTH - RIGHT);
      print("<text x='%d' y='%.1f' text-anchor='end'>%.0f</text>", LEFT - 8, y(loss) + 4, loss);
    }
    long unit = (long) Math.pow(10, Math.floor(Math.log10(train.lastKey())));
    for (long step = 0; step <= train.lastKey(); step += Math.max(1, unit / 2)) {
      print("<text x='%.1f' y='%d' text-anchor='middle'>%,d</text>", x(step), HEIGHT - BOTTOM + 18, step);
    }
    print("<text x='%d' y='%d' text-anchor='middle'>step</text>", WIDTH / 2, HEIGHT - 8);
    print("<text x='14' y='%d' transform='rotate(-90 14 %d)' text-anchor='middle'>nats a token</text>", HEIGHT / 2, HEIGHT / 2);
    for (long step : resumed) {
      print("<path d='M%.1f %dV%d' stroke='#b00' stroke-dasharray='4 4'/>", x(step), TOP, HEIGHT - BOTTOM);
      print("<text x='%.1f' y='%d' fill='#b00'>killed; resumed at step %,d</text>", x(step) + 6, TOP + 14, step);
    }
    line(train, "#9bbbe0", 1);
    line(means(), "#1f5fa8", 2);
    for (Map.Entry<Long, Double> point : heldout.entrySet()) {
      print("<circle cx='%.1f' cy='%.1f' r='4' fill='#d2691e'/>", x(point.getKey()), y(point.getValue()));
    }
    int legend = WIDTH - RIGHT - 250;
    print("<path d='M%d 60h24' stroke='#1f5fa8' stroke-width='2'/>", legend);
    print("<text x='%d' y='64'>training, mean of %d steps: %.3f</text>", legend + 32, MEAN_OVER, means().lastEntry().getValue());
    if (!heldout.isEmpty()) {
      print("<circle cx='%d' cy='80' r='4' fill='#d2691e'/>", legend + 12);
      print("<text x='%d' y='84'>held out: %.3f</text>", legend + 32, heldout.lastEntry().getValue());
    }
    print("</svg>");
  }

  private TreeMap<Long, Double> means() {
    TreeMap<Long, Double> means = new TreeMap<>();
    for (long step : train.keySet()) {
      means.put(
          step,
          train.subMap(step - MEAN_OVER, false, step, true).values().stream()
              .mapToDouble(v -> v)
              .average()
              .orElseThrow());
    }
    return means;
  }

  private void line(TreeMap<Long, Double> points, String colour, int width) {
    StringBuilder path = new StringBuilder();
    points.forEach((step, loss) ->
        path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : "L", x(step), y(loss))));
    print("<path d='%s' fill='none' stroke='%s' stroke-width='%d'/>", path, colour, width);
  }

  private void print(String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
  }
}
