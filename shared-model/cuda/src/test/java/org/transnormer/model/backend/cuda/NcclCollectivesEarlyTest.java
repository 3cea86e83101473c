package org.transnormer.model.backend.cuda;

/** The same where what is exchanged aside is done at once. */
class NcclCollectivesEarlyTest extends NcclCollectivesTest {

  @Override
  boolean early() {
    return true;
  }
}
