package org.transnormer.model.parallel;

/** Another rank of the group is gone; the message says which. What ranks computed since is void. */
public final class RankLostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public RankLostException(String message) {
    super(message);
  }
}
