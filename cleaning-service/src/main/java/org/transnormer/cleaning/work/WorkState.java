package org.transnormer.cleaning.work;

/** The states of a piece of work; a state offers only its legal transitions. */
public sealed interface WorkState {

  /** Counts the starts, from 1. */
  int attempt();

  /** As REST and the table spell it. */
  String label();

  /** Nothing happens any more unless somebody asks for it. */
  default boolean atRest() {
    return switch (this) {
      case Queued _, Running _, Stopping _ -> false;
      case Succeeded _, Failed _, Stopped _, Abandoned _ -> true;
    };
  }

  /** Accepted; its job has not begun. */
  record Queued(int attempt) implements WorkState {
    public Running begin() {
      return new Running(attempt);
    }

    public Stopped stop() {
      return new Stopped(attempt);
    }

    public Failed fail(String reason) {
      return new Failed(attempt, reason);
    }

    @Override
    public String label() {
      return "queued";
    }
  }

  record Running(int attempt) implements WorkState {
    public Stopping stop() {
      return new Stopping(attempt);
    }

    /** The process that ran the job is gone; the work is begun again where it was. */
    public Queued interrupt() {
      return new Queued(attempt + 1);
    }

    public Succeeded succeed() {
      return new Succeeded(attempt);
    }

    public Failed fail(String reason) {
      return new Failed(attempt, reason);
    }

    @Override
    public String label() {
      return "running";
    }
  }

  /** Partitions that have begun are finished first. */
  record Stopping(int attempt) implements WorkState {
    public Stopped stopped() {
      return new Stopped(attempt);
    }

    /** The last step ended before the stop was seen. */
    public Succeeded succeed() {
      return new Succeeded(attempt);
    }

    public Failed fail(String reason) {
      return new Failed(attempt, reason);
    }

    @Override
    public String label() {
      return "stopping";
    }
  }

  record Stopped(int attempt) implements WorkState {
    public Queued restart() {
      return new Queued(attempt + 1);
    }

    public Abandoned abandon() {
      return new Abandoned(attempt);
    }

    @Override
    public String label() {
      return "stopped";
    }
  }

  record Failed(int attempt, String reason) implements WorkState {
    public Queued restart() {
      return new Queued(attempt + 1);
    }

    public Abandoned abandon() {
      return new Abandoned(attempt);
    }

    @Override
    public String label() {
      return "failed";
    }
  }

  record Succeeded(int attempt) implements WorkState {
    @Override
    public String label() {
      return "succeeded";
    }
  }

  /** Given up for good. */
  record Abandoned(int attempt) implements WorkState {
    @Override
    public String label() {
      return "abandoned";
    }
  }
}
