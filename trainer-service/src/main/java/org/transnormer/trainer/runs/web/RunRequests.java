package org.transnormer.trainer.runs.web;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.runs.Purpose;
import org.transnormer.trainer.runs.SpecForm;

/** Bodies of requests about runs. */
final class RunRequests {

  static final int LONGEST_NAME = 200;

  private RunRequests() {}

  /**
   * @param purpose a model to serve (the default), or one to score documents with
   */
  record StartRunRequest(
      @NotBlank @Size(max = LONGEST_NAME) String name,
      @Nullable Purpose purpose,
      @NotNull SpecForm spec) {}

  /**
   * @param spec what is to be different; everything else is as in the run that is cloned
   */
  record CloneRunRequest(
      @Nullable @Size(min = 1, max = LONGEST_NAME) String name,
      @Nullable Purpose purpose,
      @Nullable SpecForm spec) {}
}
