package org.transnormer.cleaning.recipe.web;

import java.util.List;
import org.transnormer.cleaning.recipe.InvalidRecipeException;
import org.transnormer.support.problems.FieldError;
import org.transnormer.support.problems.InvalidProblem;

/** What is wrong with a recipe, as a problem of a request. */
public final class RecipeProblems {
  private RecipeProblems() {}

  /**
   * @param at pointer to the recipe in the request
   */
  public static InvalidProblem problem(InvalidRecipeException e, String at) {
    return new InvalidProblem(errors(e, at));
  }

  static List<FieldError> errors(InvalidRecipeException e, String at) {
    return e.faults().stream()
        .map(fault -> new FieldError(at + fault.pointer(), fault.detail()))
        .toList();
  }
}
