package org.transnormer.cleaning.work;

/** Begins, stops and takes up work. Everything is asked for in the table first, then done. */
public interface LaunchWork {

  /** Starts queued work, or goes on with it. Does nothing where nobody manages work. */
  void launch(String id);

  /**
   * @throws WrongStateException if it is at rest or stopping already
   */
  Work stop(String id);

  /**
   * @throws WrongStateException unless it has failed or was stopped
   */
  Work restart(String id);

  /**
   * @throws WrongStateException unless it has failed or was stopped
   */
  Work abandon(String id);

  /** Not possible in the present state. */
  final class WrongStateException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public WrongStateException(String verb, Work work) {
      super("%s is %s, it cannot be %s".formatted(work.id(), work.state().label(), verb));
    }
  }
}
