package org.transnormer.integration.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A headless Chromium at the platform's door. */
final class Browser implements AutoCloseable {
  static final int DESK = 1280;
  static final int PHONE = 390;

  private static final int HEIGHT = 900;
  private static final int TALLEST = 4000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path AXE =
      Path.of("..", "dashboard", "src", "main", "ui", "node_modules", "axe-core", "axe.min.js");

  private final ChromeDriver driver;
  private final URI door;
  private final Path shots;

  private Browser(ChromeDriver driver, URI door, Path shots) {
    this.driver = driver;
    this.door = door;
    this.shots = shots;
  }

  /** What is needed and found, or what is missing. */
  record Found(@Nullable Path browser, @Nullable Path chromedriver) {
    static Found look() {
      return new Found(
          program(
                  "TNL_BROWSER",
                  "/usr/bin/chromium",
                  "/usr/bin/chromium-browser",
                  "/usr/bin/google-chrome")
              .orElse(null),
          program("TNL_CHROMEDRIVER", "/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver")
              .orElse(null));
    }

    Optional<String> missing() {
      return browser == null || chromedriver == null
          ? Optional.of(
              "no Chromium with its chromedriver: install both, or set TNL_BROWSER and"
                  + " TNL_CHROMEDRIVER")
          : Optional.empty();
    }

    private static Optional<Path> program(String variable, String... usual) {
      return Stream.concat(Stream.ofNullable(System.getenv(variable)), Stream.of(usual))
          .map(Path::of)
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  static Browser open(Found found, URI door, Path shots) {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(Objects.requireNonNull(found.browser()).toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars",
        "--force-prefers-reduced-motion");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Objects.requireNonNull(found.chromedriver()).toFile())
            .usingAnyFreePort()
            .build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().timeouts().scriptTimeout(PATIENCE);
    try {
      Files.createDirectories(shots);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Browser browser = new Browser(driver, door, shots);
    browser.look(DESK, false);
    return browser;
  }

  /** Width of the window and scheme of colours. */
  void look(int width, boolean dark) {
    size(width, HEIGHT);
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    paint();
  }

  /** Until what was changed is also painted. */
  private void paint() {
    driver.executeAsyncScript(
        """
        const done = arguments[arguments.length - 1];
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)));
        """);
  }

  private void size(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Opens a place of the page, and waits until nothing of it is still being asked for. */
  void go(String path) {
    driver.get(door.resolve(path).toString());
    settle();
  }

  void settle() {
    await(
        "the place is whole",
        () ->
            Boolean.TRUE.equals(
                driver.executeScript(
                    "return !!document.querySelector('h1')"
                        + " && !document.querySelector('.bone')")));
  }

  /** As one who logs in does it. */
  void logIn(String key) {
    WebElement field = find("input[name=key]");
    field.clear();
    field.sendKeys(key);
    click("button.primary");
  }

  WebElement find(String css) {
    await(css, () -> !driver.findElements(By.cssSelector(css)).isEmpty());
    return driver.findElement(By.cssSelector(css));
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  void click(String css) {
    find(css).click();
  }

  /** The button or link whose text begins so. */
  WebElement button(String text) {
    return button(text, "");
  }

  private WebElement button(String text, String within) {
    String css = within + "button, " + within + "a";
    await(text, () -> shown(css, text).isPresent());
    return shown(css, text).orElseThrow();
  }

  private Optional<WebElement> shown(String css, String text) {
    return all(css).stream()
        .filter(each -> each.isDisplayed() && each.getText().startsWith(text))
        .findFirst();
  }

  void press(String text) {
    button(text).click();
  }

  /**
   * @param within beginning of a selector, with the space behind it
   */
  void press(String text, String within) {
    button(text, within).click();
  }

  /** The button in the one block of its kind that tells of something. */
  void pressIn(String block, String about, String text) {
    all(block).stream()
        .filter(each -> each.getText().contains(about))
        .reduce((_, inner) -> inner)
        .orElseThrow(() -> new AssertionError("nothing tells of " + about))
        .findElements(By.cssSelector("button"))
        .stream()
        .filter(each -> each.getText().equals(text))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no button " + text + " at " + about))
        .click();
  }

  void type(CharSequence keys) {
    driver.findElement(By.tagName("body")).sendKeys(keys);
  }

  String text() {
    return driver.findElement(By.tagName("body")).getText();
  }

  String path() {
    return URI.create(Objects.requireNonNull(driver.getCurrentUrl())).getPath();
  }

  void awaitText(String text) {
    try {
      await("'" + text + "'", () -> text().contains(text));
    } catch (AssertionError e) {
      throw new AssertionError("never saw '%s' in:%n%s".formatted(text, text()), e);
    }
  }

  interface Condition {
    boolean holds();
  }

  void await(String what, Condition condition) {
    try {
      new WebDriverWait(driver, PATIENCE, Duration.ofMillis(100))
          .ignoring(org.openqa.selenium.StaleElementReferenceException.class)
          .withMessage(what)
          .until(_ -> condition.holds());
    } catch (org.openqa.selenium.TimeoutException e) {
      throw new AssertionError("waited in vain for " + what + " at " + driver.getCurrentUrl(), e);
    }
  }

  /** What the console has told since the last time, errors and warnings only. */
  List<String> complaints() {
    List<String> found = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
      if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
        found.add(entry.getLevel() + " " + entry.getMessage());
      }
    }
    return found;
  }

  /** Everything that axe-core has to say against what is shown now. */
  List<String> violations() {
    try {
      driver.executeScript(Files.readString(AXE));
    } catch (IOException e) {
      throw new UncheckedIOException("build the page first: " + AXE + " is missing", e);
    }
    Object found =
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then((result) => done(
                result.violations.map((each) => [each.impact, each.id, each.nodes.length,
                    each.nodes[0].html.slice(0, 200), each.nodes[0].failureSummary].join(' | '))));
            """);
    return ((List<?>) Objects.requireNonNull(found)).stream().map(String::valueOf).toList();
  }

  /** How far the page reaches beyond the window, to the side. */
  long overhang() {
    Object pixels =
        driver.executeScript("return document.documentElement.scrollWidth - window.innerWidth");
    return ((Number) Objects.requireNonNull(pixels)).longValue();
  }

  /** The whole place, down to its end. */
  void shoot(String name, int width) {
    Object height = driver.executeScript("return document.documentElement.scrollHeight");
    int all = ((Number) Objects.requireNonNull(height)).intValue();
    size(width, Math.max(HEIGHT, Math.min(TALLEST, all)));
    paint();
    try {
      Files.write(shots.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    size(width, HEIGHT);
  }

  @Override
  public void close() {
    driver.quit();
  }
}
