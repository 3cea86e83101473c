package org.transnormer.model.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.tensor.ElementType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The bench of several GPUs with a process each, as it runs on cards, on emulated ones. */
@Tag("soak")
class ParallelBenchTest {

  private static final String TINY = "tnl.bench.tiny";

  @TempDir Path folder;

  private final ObjectNode report = JsonMapper.shared().createObjectNode();

  @BeforeEach
  void emulate() {
    Emulation.openByDriver(ElementType.F32).close();
    System.setProperty("tnl.cuda.libraries", Emulation.folder());
    System.setProperty(TINY, "true");
  }

  @AfterEach
  void atFullSize() {
    System.clearProperty(TINY);
  }

  @Test
  void everyDivisionTrainsAsOneGpuDoesAndTwiceTheSame() throws Exception {
    new ParallelBench(2, folder).run("ranks-correctness", report);

    assertThat(report.path("one GPU").path("losses")).hasSize(4);
    for (String layout :
        new String[] {
          "data parallel",
          "data parallel, optimizer sharded",
          "data parallel, everything sharded",
          "tensor parallel",
          "sequence parallel"
        }) {
      assertThat(
              report
                  .path(layout)
                  .path("two runs equal in every bit of losses and norms")
                  .booleanValue())
          .as(layout)
          .isTrue();
      assertThat(
              report
                  .path(layout)
                  .path("largest relative difference of a loss from one GPU's")
                  .doubleValue())
          .as(layout)
          .isBetween(0.0, 5e-3);
    }
  }

  @Test
  void someOfASectionCanBeChosen() throws Exception {
    new ParallelBench(2, folder).run("ranks-correctness:2:two ranks", report);
    new ParallelBench(2, folder).run("ranks-sequence:2:64", report);

    assertThat(report.propertyNames())
        .contains("a checkpoint of two ranks, everything sharded, goes on on one", "1B, 1 x 64")
        .doesNotContain("data parallel", "1B, 1 x 128");
  }

  @Test
  void aKilledRankEndsTheOthersAndTheGroupGoesOnAsIfNothingHadHappened() throws Exception {
    new ParallelBench(2, folder).run(ParallelBench.FAULTS, report);

    assertThat(report.path("seconds until all others had left").doubleValue()).isLessThan(10);
    assertThat(report.path("last words of another").stringValue()).contains("is gone");
    assertThat(report.path("exit of another").intValue()).isEqualTo(BenchRank.LOST);
    assertThat(report.path("losses equal to those of an undisturbed run").booleanValue()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ranks-scaling", "ranks-sharded", "ranks-tensor", "ranks-sequence"})
  void everySectionOfSpeedReportsSomething(String section) throws Exception {
    new ParallelBench(2, folder).run(section, report);

    assertThat(report.toString()).contains("tokens/s of all").contains("bytes planned");
  }
}
