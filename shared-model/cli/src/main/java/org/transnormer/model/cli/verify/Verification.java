package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.device.Devices;
import org.transnormer.model.lm.LoadOptions;

/** Compares what this build computes with all reference data in a folder. */
public final class Verification {

  /** One subject's name and what came of it. */
  public record Report(String subject, Outcome outcome) {

    public boolean failed() {
      return switch (outcome) {
        case Outcome.Compared compared -> !compared.holds();
        case Outcome.Skipped _ -> false;
        case Outcome.Unreadable _ -> true;
      };
    }
  }

  private Verification() {}

  /**
   * @param path a folder of subjects, a subject's folder, or a subject's file
   * @param options what computes, and how models to decode with are loaded
   * @param progress sees each report as soon as it is there
   * @throws IOException when the folder cannot be listed
   */
  public static List<Report> of(Path path, LoadOptions options, Consumer<Report> progress)
      throws IOException {
    List<Report> reports = new ArrayList<>();
    try (Backend backend =
        Devices.open(options.device(), options.threads(), options.pinThreads())) {
      Tools tools = new Tools(backend, options);
      for (Subject subject : Subjects.below(path)) {
        Report report = new Report(subject.name(), outcome(subject, tools));
        progress.accept(report);
        reports.add(report);
      }
    }
    return reports;
  }

  /** One subject that cannot be read must not keep the others from being verified. */
  private static Outcome outcome(Subject subject, Tools tools) {
    try {
      return subject.verify(tools);
    } catch (IOException | RuntimeException e) {
      return new Outcome.Unreadable(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }
}
