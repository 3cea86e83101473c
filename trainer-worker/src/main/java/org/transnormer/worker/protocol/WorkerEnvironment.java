package org.transnormer.worker.protocol;

/** Names of the environment variables that a launcher sets for a worker. */
public final class WorkerEnvironment {

  public static final String RUN_ID = "TNL_RUN_ID";
  public static final String ATTEMPT = "TNL_ATTEMPT";

  /** A secret: never an argument, never logged. */
  public static final String RUN_TOKEN = "TNL_RUN_TOKEN";

  /** Base URL of the trainer. */
  public static final String TRAINER_URL = "TNL_TRAINER_URL";

  /** This process's place in the group; where it is missing, {@link #COMPLETION_INDEX}, else 0. */
  public static final String RANK = "TNL_RANK";

  /** Set by Kubernetes in the pods of an Indexed Job. */
  public static final String COMPLETION_INDEX = "JOB_COMPLETION_INDEX";

  /** 1 where it is missing. */
  public static final String WORLD_SIZE = "TNL_WORLD_SIZE";

  /** {@code host:port} at which rank 0 waits for the others; missing where it is alone. */
  public static final String RENDEZVOUS = "TNL_RENDEZVOUS";

  /** How many ranks split every sequence; 1 where it is missing. */
  public static final String SEQUENCE_RANKS = "TNL_SEQUENCE_RANKS";

  /** How many ranks split every layer; 1 where it is missing. */
  public static final String TENSOR_RANKS = "TNL_TENSOR_RANKS";

  /**
   * What ranks that split the batch hold together instead of each: {@code none}, {@code optimizer}
   * or {@code everything}; optimizer where it is missing.
   */
  public static final String SHARDING = "TNL_SHARDING";

  /** {@code file:///...} or {@code s3://bucket/prefix}. */
  public static final String STORE_URI = "TNL_STORE_URI";

  public static final String S3_ENDPOINT = "TNL_STORE_S3_ENDPOINT";
  public static final String S3_REGION = "TNL_STORE_S3_REGION";
  public static final String S3_ACCESS_KEY = "TNL_STORE_S3_ACCESS_KEY";
  public static final String S3_SECRET_KEY = "TNL_STORE_S3_SECRET_KEY";

  /** {@code true} for stores that do not put the bucket into the host name. */
  public static final String S3_PATH_STYLE = "TNL_STORE_S3_PATH_STYLE";

  /** A folder of the worker's own for checkpoints in progress and cached objects. */
  public static final String SCRATCH = "TNL_SCRATCH";

  /** Process id of a local launcher; the worker leaves when that process is gone. */
  public static final String PARENT_PID = "TNL_PARENT_PID";

  /** For computing; overrides the assignment's number. */
  public static final String THREADS = "TNL_THREADS";

  /** Whether each of them is bound to a processor of its own; {@code false} where it is missing. */
  public static final String PIN = "TNL_PIN";

  /**
   * What to compute on: {@code auto} (a GPU where there is one), {@code cpu}, {@code cpu-bf16} (see
   * ADR 21), {@code cuda}.
   */
  public static final String DEVICE = "TNL_DEVICE";

  /**
   * How long a worker that has something to say waits for a trainer that is away, before it leaves;
   * an hour where it is missing.
   */
  public static final String PATIENCE_SECONDS = "TNL_PATIENCE_SECONDS";

  private WorkerEnvironment() {}
}
