package org.transnormer.trainer.runs;

import java.util.List;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.trainer.runs.InvalidSpecException.Fault;

/** What of a batch and a model cannot be divided as somebody wants it. */
record DivisionFaults(List<Fault> faults, Division division, int ranks) {

  void look(BatchSpec batch, TnlConfig model) {
    multiple(
        "/spec/batch/sequences", batch.sequences(), division.batches(ranks), "split the batch");
    multiple(
        "/spec/batch/sequenceLength",
        batch.sequenceLength(),
        division.sequenceRanks(),
        "split every sequence");
    multiple("/spec/model/heads", model.heads(), division.tensorRanks(), "split every layer");
    multiple("/spec/model/gluWidth", model.gluWidth(), division.tensorRanks(), "split every layer");
  }

  private void multiple(String pointer, int value, int parts, String who) {
    if (value % parts != 0) {
      faults.add(
          new Fault(
              pointer,
              "must be a multiple of the %d ranks that %s, is %d".formatted(parts, who, value)));
    }
  }
}
