package org.transnormer.trainer.runs;

import java.util.List;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.trainer.runs.InvalidSpecException.Fault;

/** What of a batch cannot be divided as somebody wants it; what of a model, its family says. */
record DivisionFaults(List<Fault> faults, Division division, int ranks) {

  void look(BatchSpec batch) {
    multiple(
        "/spec/batch/sequences", batch.sequences(), division.batches(ranks), "split the batch");
    multiple(
        "/spec/batch/sequenceLength",
        batch.sequenceLength(),
        division.sequenceRanks(),
        "split every sequence");
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
