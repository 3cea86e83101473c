package org.transnormer.door.page;

/** What belongs to the page itself and holds nothing of the platform. */
public final class PageAddresses {
  /** Places of the page; each shows the same file, the script reads the address. */
  static final String[] PLACES = {
    "/",
    "/corpora",
    "/corpora/*",
    "/documents/*",
    "/cleaning",
    "/cleaning/*",
    "/review",
    "/training",
    "/training/*",
    "/checkpoints",
    "/checkpoints/*",
    "/playground",
    "/answers/*",
    "/jobs",
    "/jobs/*",
    "/system"
  };

  static final String[] FILES = {
    "/index.html", "/theme.js", "/mark.svg", "/assets/**", "/problems/*"
  };

  /** Open without a key. */
  public static final String[] OPEN = concat(PLACES, FILES);

  private PageAddresses() {}

  private static String[] concat(String[] one, String[] other) {
    String[] all = new String[one.length + other.length];
    System.arraycopy(one, 0, all, 0, one.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }
}
