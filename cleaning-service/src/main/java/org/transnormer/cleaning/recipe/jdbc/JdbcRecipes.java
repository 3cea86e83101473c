package org.transnormer.cleaning.recipe.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.recipe.Recipes;
import org.transnormer.cleaning.recipe.StoredRecipe;

@Repository
class JdbcRecipes implements Recipes {

  private static final String COLUMNS = "body, hash, created_by, created_at";

  private final JdbcClient jdbc;

  JdbcRecipes(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public List<StoredRecipe> latest() {
    return jdbc.sql(
            "select distinct on (name) " + COLUMNS + " from recipe order by name, version desc")
        .query(JdbcRecipes::read)
        .list();
  }

  @Override
  public Optional<StoredRecipe> latest(String name) {
    return jdbc.sql(
            "select " + COLUMNS + " from recipe where name = :name order by version desc limit 1")
        .param("name", name)
        .query(JdbcRecipes::read)
        .optional();
  }

  @Override
  public Optional<StoredRecipe> find(String name, int version) {
    return jdbc.sql("select " + COLUMNS + " from recipe where name = :name and version = :version")
        .param("name", name)
        .param("version", version)
        .query(JdbcRecipes::read)
        .optional();
  }

  @Override
  public List<Integer> versions(String name) {
    return jdbc.sql("select version from recipe where name = :name order by version desc")
        .param("name", name)
        .query((row, number) -> row.getInt("version"))
        .list();
  }

  @Override
  @Transactional
  public StoredRecipe add(Recipe recipe, String author) {
    // One writer a name: two concurrent additions get two versions.
    jdbc.sql("select pg_advisory_xact_lock(hashtext('recipe'), hashtext(:name))")
        .param("name", recipe.name())
        .query()
        .singleRow();
    Optional<StoredRecipe> latest = latest(recipe.name());
    int next = latest.map(stored -> stored.recipe().version()).orElse(0) + 1;
    Recipe numbered = recipe.withVersion(next);
    if (latest.isPresent() && latest.get().hash().equals(recipe.withVersion(next - 1).hash())) {
      return latest.get();
    }
    jdbc.sql(
            "insert into recipe (name, version, hash, body, created_by)"
                + " values (:name, :version, :hash, :body, :author)")
        .param("name", numbered.name())
        .param("version", next)
        .param("hash", numbered.hash())
        .param("body", numbered.canonicalJson())
        .param("author", author)
        .update();
    return find(numbered.name(), next).orElseThrow();
  }

  private static StoredRecipe read(ResultSet row, int number) throws SQLException {
    Instant createdAt = row.getObject("created_at", OffsetDateTime.class).toInstant();
    return new StoredRecipe(
        Recipe.parse(row.getString("body")),
        row.getString("hash"),
        row.getString("created_by"),
        createdAt);
  }
}
