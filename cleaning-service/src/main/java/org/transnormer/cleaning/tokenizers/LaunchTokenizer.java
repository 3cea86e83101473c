package org.transnormer.cleaning.tokenizers;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.cleaning.tokenizers.TokenizerRecord.Origin;
import org.transnormer.cleaning.work.Actor;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.cleaning.work.LaunchWork;
import org.transnormer.cleaning.work.StagePlan;
import org.transnormer.cleaning.work.Work;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.WorkState;
import org.transnormer.cleaning.work.Works;
import org.transnormer.model.tokenizer.TokenizerJson;
import org.transnormer.support.Ids;
import org.transnormer.support.Transactions;
import org.transnormer.support.removal.Announcements.Announcement;
import org.transnormer.support.removal.ClaimArtifacts;

/** Launches the training of tokenizers, and takes tokenizers in from outside. */
public final class LaunchTokenizer {

  /** The one stage of the job. */
  public static final String STAGE = "train-tokenizer";

  private static final String PATH = "/api/v1/tokenizers/";

  private final Tokenizers tokenizers;
  private final TokenizerStore store;
  private final Works works;
  private final ClaimArtifacts claim;
  private final AuditTrail audit;
  private final Transactions transactions;
  private final LaunchWork launcher;

  public LaunchTokenizer(
      Tokenizers tokenizers,
      TokenizerStore store,
      Works works,
      ClaimArtifacts claim,
      AuditTrail audit,
      Transactions transactions,
      LaunchWork launcher) {
    this.tokenizers = tokenizers;
    this.store = store;
    this.works = works;
    this.claim = claim;
    this.audit = audit;
    this.transactions = transactions;
    this.launcher = launcher;
  }

  /** The snapshot exists: whoever calls has announced that it is referred to, and has looked. */
  public TokenizerRecord train(
      String snapshotId,
      int vocabSize,
      @Nullable String name,
      Announcement announcement,
      Actor actor) {
    String id = Ids.next();
    transactions.inTransaction(() -> {
      announcement.redeem();
      works.add(
          id,
          WorkKind.TOKENIZER,
          List.of(new StagePlan(STAGE, "documents")),
          actor.name(),
          actor.role());
      tokenizers.add(id, name, snapshotId, vocabSize, Origin.TRAINED);
      audit.launched(actor, "tokenizer.train", PATH + id, "snapshot " + snapshotId);
    });
    launcher.launch(id);
    return tokenizers.find(id).orElseThrow();
  }

  /** Stores a tokenizer that was made elsewhere. */
  public TokenizerRecord register(TokenizerJson tokenizer, @Nullable String name, Actor actor)
      throws IOException {
    String prefix = store.put(tokenizer);
    String id = Ids.next();
    transactions.inTransaction(() -> {
      works.add(id, WorkKind.TOKENIZER, List.of(), actor.name(), actor.role());
      Work queued = works.find(id).orElseThrow();
      works.move(queued, new WorkState.Queued(1).begin());
      Work running = works.find(id).orElseThrow();
      works.move(running, new WorkState.Running(1).succeed());
      tokenizers.add(id, name, null, tokenizer.vocabSize(), Origin.REGISTERED);
      claim.claim(List.of(prefix));
      tokenizers.made(id, tokenizer.sha256(), prefix, tokenizer.vocabSize());
      audit.record(actor, "tokenizer.register", PATH + id, tokenizer.sha256());
    });
    return tokenizers.find(id).orElseThrow();
  }
}
