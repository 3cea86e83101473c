package org.transnormer.integration.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.WebElement;
import org.transnormer.integration.DemoPlatform;
import org.transnormer.integration.browser.Places.Place;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The page on the platform on which the demo has run. Screenshots of every place, wide and narrow,
 * light and dark, lie under {@code target/screenshots} afterwards: look at them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrowserIT {
  private static final String KEY = "a data engineer";

  private Browser browser;
  private Rest rest;
  private Places places;
  private String operatorKey = "";
  private Rest operator;

  @BeforeAll
  void open() {
    Browser.Found found = Browser.Found.look();
    found
        .missing()
        .ifPresent(why -> {
          if ("1".equals(System.getenv("TNL_STRICT"))) {
            Assertions.fail(why);
          }
          System.out.println("skipped: " + why);
          Assumptions.abort(why);
        });
    DemoPlatform platform = DemoPlatform.get();
    rest = new Rest(platform.door(), platform.adminKey());
    places = new Places(rest);
    operatorKey =
        rest.post("/api/v1/keys", "{\"name\": \"%s\", \"role\": \"operator\"}".formatted(KEY))
            .path("key")
            .asString();
    operator = new Rest(platform.door(), operatorKey);
    browser = Browser.open(found, platform.door(), Path.of("target", "screenshots"));
  }

  @AfterAll
  void close() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void asWideAsADesk() {
    browser.look(Browser.DESK, false);
    browser.complaints(); // those of the test before are its own
  }

  @Test
  @Order(1)
  void letsNobodyInWithoutAKeyAndSaysWhy() {
    browser.go("/training");

    browser.logIn("tnl_" + "x".repeat(43));
    browser.awaitText("this key is unknown, revoked or expired");
    assertThat(browser.violations()).isEmpty();
    browser.shoot("login", Browser.DESK);

    browser.logIn(operatorKey);
    browser.awaitText("Log out");
    assertThat(browser.path()).isEqualTo("/training");
    assertThat(browser.text()).contains(KEY, "operator");
    // The one answer that is meant to be refused; the console tells of it all the same.
    assertThat(browser.complaints()).allMatch(line -> line.contains("/api/v1/session"));
  }

  Stream<Place> everyPlace() {
    return places.all();
  }

  @ParameterizedTest
  @MethodSource("everyPlace")
  @Order(2)
  void showsWhatThePlatformKnows(Place place) {
    browser.go(place.path());

    place.shows().forEach(browser::awaitText);
    check(place, "light", Browser.DESK, false);
    check(place, "dark", Browser.DESK, true);
    check(place, "light", Browser.PHONE, false);
    check(place, "dark", Browser.PHONE, true);
  }

  private void check(Place place, String colours, int width, boolean dark) {
    String name = "%s-%d-%s".formatted(place.name(), width, colours);
    browser.look(width, dark);
    browser.settle();
    assertThat(browser.overhang()).as("pixels that %s is too wide", name).isNotPositive();
    browser.shoot(name, width);
    assertThat(browser.violations()).as(name).isEmpty();
    assertThat(browser.complaints()).as(name).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/corpora/none", "/documents/none", "/training/none", "/jobs/cleaning-999999"})
  @Order(2)
  void saysWhatIsNotThere(String path) {
    browser.go(path);

    browser.awaitText("status 404");
    assertThat(browser.text()).contains("Not found", "request");
    assertThat(browser.violations()).isEmpty();
    assertThat(browser.complaints()).allMatch(line -> line.contains("status of 404"));
  }

  /** Two clicks from the run: why was this dropped? */
  @Test
  @Order(3)
  void explainsWhyADocumentWasDropped() {
    JsonNode run = places.cleaningRun();
    JsonNode drop = places.commonestDrop();
    browser.go("/cleaning/" + run.path("id").asString());

    browser.click("ul[aria-label='Drop reasons'] a");
    browser.awaitText("Dropped by " + words(drop.path("reason").asString()));
    browser.click("ul.samples a");
    browser.awaitText("dropped at");

    assertThat(browser.path()).startsWith("/documents/");
    assertThat(browser.text())
        .contains("by " + words(drop.path("reason").asString()), "against a limit of");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  @Order(4)
  void answersWhatIfALimitWereAnother() {
    browser.go("/cleaning/" + places.cleaningRun().path("id").asString());
    List<WebElement> kept = browser.all(".what-if b");
    assertThat(kept).hasSize(2);
    String before = kept.getLast().getText();

    WebElement slider = browser.find(".sliders input[type=range]");
    slider.sendKeys(org.openqa.selenium.Keys.HOME);

    browser.await(
        "another number of documents",
        () -> !browser.all(".what-if b").getLast().getText().equals(before));
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  @Order(5)
  void reviewsWithTheHandsOnTheKeyboard() {
    String run = places.cleaningRun().path("id").asString();
    browser.go("/review?run=" + run);
    browser.awaitText("1 of ");

    browser.type("j");
    browser.awaitText("2 of ");
    browser.type("a");

    browser.await(
        "the decision is kept with the name of who made it",
        () ->
            rest.get("/api/v1/review-items?limit=100&run=" + run)
                .path("items")
                .findValuesAsString("decidedBy")
                .contains(KEY));
    assertThat(browser.complaints()).isEmpty();
  }

  /** Longer than anybody waits: the page has to show it while it goes on, and to end it. */
  @Test
  @Order(6)
  void drawsTheLossOfARunThatIsTrainingAndCancelsIt() {
    ObjectNode spec = (ObjectNode) places.modelRun().path("spec").deepCopy();
    spec.put("steps", 1_000_000);
    ((ObjectNode) spec.path("evaluation")).put("everySteps", 1_000_000);
    ((ObjectNode) spec.path("checkpoints")).put("everySteps", 1_000_000);
    ObjectNode order = spec.objectNode().put("name", "a long run").put("purpose", "model");
    order.set("spec", spec);
    String id = operator.post("/api/v1/training-runs", order.toString()).path("id").asString();
    browser.go("/training/" + id);

    browser.await("a curve", () -> !browser.all("canvas").isEmpty());
    browser.awaitText("live");
    String before = step();
    browser.await("further steps", () -> !step().equals(before));
    browser.press("Cancel");
    browser.click("dialog[open] .button.danger");
    browser.awaitText("cancelled");

    browser.press("Who did what");
    browser.awaitText("operator · cancel");
    assertThat(browser.text()).contains("launched by " + KEY, KEY + " operator · start");
    assertThat(browser.complaints()).isEmpty();
  }

  /** The first figure of a run. */
  private String step() {
    return browser.find(".figure dd").getText();
  }

  @Test
  @Order(7)
  void streamsAnAnswerAndTellsWhereItComesFrom() {
    browser.go("/playground?seed=7&max_tokens=40&prompt=The+President");

    browser.press("Continue");
    browser.await("tokens", () -> browser.all(".token").size() > 5);
    browser.awaitText("ended by");
    browser.shoot("playground-answer", Browser.DESK);
    assertThat(browser.violations()).isEmpty();
    browser.press("Where does this come from?");

    browser.awaitText("The way back");
    browser.settle();
    assertThat(browser.text())
        .contains(
            "caller " + KEY,
            places.modelRun().path("name").asString(),
            "token set",
            "snapshot",
            "cleaning run",
            "in the train split")
        .doesNotContain("it may have been deleted");
    browser.shoot("answer", Browser.DESK);
    assertThat(browser.violations()).isEmpty();
    browser.click("ul.samples a");
    browser.awaitText("kept, in the train split");
    assertThat(browser.complaints()).isEmpty();
  }

  /** What a person does by hand: the page says in time what it will do, and why it did not. */
  @Test
  @Order(7)
  void makesACorpusAndSaysWhyASourceIsRefused() {
    browser.go("/corpora");
    browser.press("New corpus");
    browser.find("dialog[open] input").sendKeys("made by hand " + System.nanoTime());
    browser.press("New corpus", "dialog[open] ");
    browser.awaitText("Ingest");
    browser.settle();

    browser.press("Sources");
    browser.press("Add a source");
    browser.all("dialog[open] input").getFirst().sendKeys("secrets");
    browser.all("dialog[open] input").get(1).sendKeys("file:///etc/");
    browser.all("dialog[open] input").getLast().sendKeys("none");
    assertThat(browser.violations()).isEmpty();
    browser.press("Add a source", "dialog[open] ");

    browser.awaitText("Source refused");
    assertThat(browser.complaints()).allMatch(line -> line.contains("/sources"));
  }

  @Test
  @Order(7)
  void servesACheckpointUnderANameAndStopsIt() {
    String run = places.modelRun().path("id").asString();
    String checkpoint = rest.get("/api/v1/checkpoints?run=" + run).at("/items/0/id").asString();
    browser.go("/checkpoints/" + checkpoint);

    browser.press("Serve");
    browser.all("dialog[open] input").getFirst().sendKeys("by-hand");
    browser.press("Serve", "dialog[open] ");
    browser.awaitText("by-hand");
    browser.await(
        "the model to answer",
        () -> rest.get("/v1/models").path("data").findValuesAsString("id").contains("by-hand"));

    browser.pressIn("li", "by-hand", "Stop");
    browser.press("Stop", "dialog[open] ");
    browser.await(
        "nothing to answer any more",
        () -> !rest.get("/v1/models").path("data").findValuesAsString("id").contains("by-hand"));
    browser.await("the page knows", () -> !browser.text().contains("by-hand"));
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  @Order(8)
  void offersAViewerNothingThatChangesAnything() {
    String viewer =
        rest.post("/api/v1/keys", "{\"name\": \"a guest\", \"role\": \"viewer\"}")
            .path("key")
            .asString();
    changeTo(viewer, "a guest");

    browser.go("/training/" + places.modelRun().path("id").asString());
    browser.awaitText("Clone");
    assertThat(browser.button("Clone").isEnabled()).isFalse();
    assertThat(browser.button("Clone").getDomAttribute("title")).contains("operator");
    browser.go("/system?tab=keys");
    browser.awaitText("Keys are shown to admins only.");
    browser.go("/system?tab=audit");
    browser.awaitText("The audit is shown to admins only.");
  }

  @Test
  @Order(9)
  void showsKeysAndTheAuditToAnAdmin() {
    changeTo(DemoPlatform.get().adminKey(), "bootstrap");

    for (Place place : places.forAdmins(KEY)) {
      showsWhatThePlatformKnows(place);
    }
  }

  private void changeTo(String key, String name) {
    browser.press("Log out");
    browser.awaitText("Log in with an API key");
    browser.logIn(key);
    browser.awaitText(name);
    browser.complaints(); // of the answers that nobody got while nobody was logged in
  }

  private static String words(String kebab) {
    return kebab.replace('-', ' ').replace('_', ' ');
  }
}
