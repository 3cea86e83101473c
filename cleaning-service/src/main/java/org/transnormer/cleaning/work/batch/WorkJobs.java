package org.transnormer.cleaning.work.batch;

import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;

/** How a job names the work it does. */
public final class WorkJobs {

  private static final String WORK = "work";

  private WorkJobs() {}

  static JobParameters parameters(String workId) {
    return new JobParametersBuilder().addString(WORK, workId).toJobParameters();
  }

  /** The work that a job does. */
  public static String workId(JobParameters parameters) {
    String id = parameters.getString(WORK);
    if (id == null) {
      throw new IllegalStateException("the job names no work");
    }
    return id;
  }
}
