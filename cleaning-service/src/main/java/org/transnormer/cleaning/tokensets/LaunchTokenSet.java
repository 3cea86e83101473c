package org.transnormer.cleaning.tokensets;

import java.util.List;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.cleaning.tokenizers.TokenizerRecord;
import org.transnormer.cleaning.tokenizers.Tokenizers;
import org.transnormer.cleaning.work.Actor;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.cleaning.work.LaunchWork;
import org.transnormer.cleaning.work.StagePlan;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.Ids;
import org.transnormer.support.Transactions;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.removal.Announcements.Announcement;
import org.transnormer.support.removal.Garbage;

/** Launches the making of token sets. */
public final class LaunchTokenSet {

  public static final String TOKENS = "write-tokens";
  public static final String ASSEMBLE = "assemble-token-set";

  private final TokenSets tokenSets;
  private final Tokenizers tokenizers;
  private final Works works;
  private final Garbage garbage;
  private final AuditTrail audit;
  private final Transactions transactions;
  private final LaunchWork launcher;

  public LaunchTokenSet(
      TokenSets tokenSets,
      Tokenizers tokenizers,
      Works works,
      Garbage garbage,
      AuditTrail audit,
      Transactions transactions,
      LaunchWork launcher) {
    this.tokenSets = tokenSets;
    this.tokenizers = tokenizers;
    this.works = works;
    this.garbage = garbage;
    this.audit = audit;
    this.transactions = transactions;
    this.launcher = launcher;
  }

  /**
   * The snapshot exists and the tokenizer is made: whoever calls has announced that the snapshot is
   * referred to, and has looked.
   *
   * @param tokenizerSha256 of the tokenizer
   */
  public TokenSetRecord launch(
      String snapshotId,
      TokenizerRecord tokenizer,
      String tokenizerSha256,
      Announcement announcement,
      Actor actor) {
    String id = Ids.next();
    String prefix = prefix(snapshotId, tokenizerSha256);
    transactions.inTransaction(() -> {
      announcement.redeem();
      if (!tokenizers.hold(tokenizer.id())) {
        throw new NotFoundProblem("tokenizer", tokenizer.id());
      }
      works.add(
          id,
          WorkKind.TOKEN_SET,
          List.of(new StagePlan(TOKENS, "documents"), new StagePlan(ASSEMBLE, "passes")),
          actor.name(),
          actor.role());
      garbage.keep(List.of(prefix));
      tokenSets.add(id, snapshotId, tokenizer.id(), tokenizerSha256, prefix);
      audit.launched(actor, "token-set.make", "/api/v1/token-sets/" + id, "snapshot " + snapshotId);
    });
    launcher.launch(id);
    return tokenSets.find(id).orElseThrow();
  }

  /** The content follows from snapshot and tokenizer, and so does the place. */
  private static String prefix(String snapshotId, String tokenizerSha256) {
    return "token-sets/" + Digests.sha256(snapshotId + " " + tokenizerSha256);
  }
}
