package org.transnormer.cleaning.rounds;

/** Training runs of which trainer-service has told that they ended: a reason to look again. */
public interface EndedTrainings {

  void add(String trainingRunId, String state);

  boolean contains(String trainingRunId);
}
