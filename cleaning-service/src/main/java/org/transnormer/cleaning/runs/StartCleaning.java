package org.transnormer.cleaning.runs;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.recipe.RecipeOverrides;
import org.transnormer.cleaning.recipe.Recipes;
import org.transnormer.cleaning.recipe.RoundSpec;
import org.transnormer.cleaning.recipe.StoredRecipe;
import org.transnormer.cleaning.rounds.EvaluationRounds;
import org.transnormer.cleaning.work.Actor;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.cleaning.work.LaunchWork;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.Ids;
import org.transnormer.support.Transactions;
import org.transnormer.support.removal.Announcements;
import org.transnormer.support.removal.Announcements.Announcement;
import org.transnormer.support.removal.Kind;
import tools.jackson.databind.node.ObjectNode;

/** Launches cleaning runs. */
public final class StartCleaning {

  private final Recipes recipes;
  private final Corpora corpora;
  private final CleaningRuns runs;
  private final EvaluationRounds rounds;
  private final Works works;
  private final Announcements announcements;
  private final AuditTrail audit;
  private final Transactions transactions;
  private final LaunchWork launcher;

  public StartCleaning(
      Recipes recipes,
      Corpora corpora,
      CleaningRuns runs,
      EvaluationRounds rounds,
      Works works,
      Announcements announcements,
      AuditTrail audit,
      Transactions transactions,
      LaunchWork launcher) {
    this.recipes = recipes;
    this.corpora = corpora;
    this.runs = runs;
    this.rounds = rounds;
    this.works = works;
    this.announcements = announcements;
    this.audit = audit;
    this.transactions = transactions;
    this.launcher = launcher;
  }

  /**
   * @param version the latest if absent
   * @param overrides a merge patch on the recipe
   */
  public record Order(
      String corpusId, String recipe, @Nullable Integer version, @Nullable ObjectNode overrides) {}

  /** What became of an order. */
  public sealed interface Outcome {
    record Started(CleaningRun run) implements Outcome {}

    record UnknownCorpus() implements Outcome {}

    record UnknownRecipe() implements Outcome {}

    record EmptyCorpus() implements Outcome {}
  }

  /**
   * @throws org.transnormer.cleaning.recipe.InvalidRecipeException if the overrides do not fit
   */
  public Outcome start(Order order, Actor actor) {
    StoredRecipe stored =
        (order.version() == null
                ? recipes.latest(order.recipe())
                : recipes.find(order.recipe(), order.version()))
            .orElse(null);
    if (stored == null) {
      return new Outcome.UnknownRecipe();
    }
    Recipe recipe =
        order.overrides() == null
            ? stored.recipe()
            : RecipeOverrides.apply(stored.recipe(), order.overrides());
    return announcements.announce(
        Kind.CORPUS,
        order.corpusId(),
        "a cleaning run that is being launched",
        announcement -> start(order.corpusId(), recipe, announcement, actor));
  }

  private Outcome start(String corpusId, Recipe recipe, Announcement announcement, Actor actor) {
    if (!corpora.exists(corpusId)) {
      return new Outcome.UnknownCorpus();
    }
    List<ShardRef> shards = corpora.shards(corpusId);
    if (shards.stream().mapToLong(ShardRef::documents).sum() == 0) {
      return new Outcome.EmptyCorpus();
    }
    String id = Ids.next();
    transactions.inTransaction(() -> {
      announcement.redeem();
      record(id, corpusId, recipe, actor);
    });
    launcher.launch(id);
    return new Outcome.Started(runs.find(id).orElseThrow());
  }

  private void record(String id, String corpusId, Recipe recipe, Actor actor) {
    works.add(id, WorkKind.CLEANING, RunStages.of(recipe), actor.name(), actor.role());
    runs.add(id, corpusId, recipe);
    for (int number = 1; number <= recipe.rounds().size(); number++) {
      RoundSpec round = recipe.rounds().get(number - 1);
      rounds.add(id, number, round.evaluation().window(), round.review().autoAccept());
    }
    audit.launched(
        actor,
        "cleaning-run.start",
        "/api/v1/cleaning-runs/" + id,
        "corpus %s, recipe %s %d".formatted(corpusId, recipe.name(), recipe.version()));
  }
}
