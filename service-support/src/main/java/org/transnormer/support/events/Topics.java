package org.transnormer.support.events;

import java.util.List;

/** Every topic of the platform. */
public final class Topics {
  public static final String CORPUS_INGESTION_COMPLETED = "corpus.ingestion.completed.v1";
  public static final String CORPUS_PARTITION_REQUESTED = "corpus.partition.requested.v1";
  public static final String CLEANING_PARTITION_REQUESTED = "cleaning.partition.requested.v1";
  public static final String CLEANING_SNAPSHOT_COMMITTED = "cleaning.snapshot.committed.v1";
  public static final String TRAINER_RUN_ENDED = "trainer.run.ended.v1";
  public static final String TRAINER_CHECKPOINT_COMMITTED = "trainer.checkpoint.committed.v1";
  public static final String TRAINER_ALIAS_MOVED = "trainer.alias.moved.v1";
  public static final String PLATFORM_AUDIT = "platform.audit.v1";

  public static final Topic INGESTION_COMPLETED =
      new Topic(CORPUS_INGESTION_COMPLETED, IngestionCompleted.class);
  public static final Topic SNAPSHOT_COMMITTED =
      new Topic(CLEANING_SNAPSHOT_COMMITTED, SnapshotCommitted.class);
  public static final Topic RUN_ENDED = new Topic(TRAINER_RUN_ENDED, RunEnded.class);
  public static final Topic CHECKPOINT_COMMITTED =
      new Topic(TRAINER_CHECKPOINT_COMMITTED, CheckpointCommitted.class);
  public static final Topic ALIAS_MOVED = new Topic(TRAINER_ALIAS_MOVED, AliasMoved.class);
  public static final Topic AUDIT = new Topic(PLATFORM_AUDIT, AuditEvent.class);
  public static final Topic CORPUS_PARTITIONS =
      new Topic(CORPUS_PARTITION_REQUESTED, PartitionRequested.class);
  public static final Topic CLEANING_PARTITIONS =
      new Topic(CLEANING_PARTITION_REQUESTED, PartitionRequested.class);

  private Topics() {}

  public static List<Topic> all() {
    return List.of(
        INGESTION_COMPLETED,
        SNAPSHOT_COMMITTED,
        RUN_ENDED,
        CHECKPOINT_COMMITTED,
        ALIAS_MOVED,
        AUDIT,
        CORPUS_PARTITIONS,
        CLEANING_PARTITIONS);
  }
}
