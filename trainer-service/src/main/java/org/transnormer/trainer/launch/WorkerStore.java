package org.transnormer.trainer.launch;

import java.util.HashMap;
import java.util.Map;
import org.transnormer.support.store.StoreProperties;
import org.transnormer.worker.protocol.WorkerEnvironment;

/**
 * How workers reach the object store: the way this service does.
 *
 * @param open may be seen by whoever may see a job
 * @param secret must not
 */
public record WorkerStore(Map<String, String> open, Map<String, String> secret) {

  public WorkerStore {
    open = Map.copyOf(open);
    secret = Map.copyOf(secret);
  }

  public static WorkerStore of(StoreProperties properties) {
    Map<String, String> open = new HashMap<>();
    Map<String, String> secret = new HashMap<>();
    open.put(WorkerEnvironment.STORE_URI, properties.uri().toString());
    StoreProperties.S3 s3 = properties.s3();
    if (s3 != null) {
      if (s3.endpoint() != null) {
        open.put(WorkerEnvironment.S3_ENDPOINT, s3.endpoint().toString());
      }
      open.put(WorkerEnvironment.S3_REGION, s3.region());
      open.put(WorkerEnvironment.S3_PATH_STYLE, Boolean.toString(s3.pathStyle()));
      if (s3.accessKey() != null && s3.secretKey() != null) {
        secret.put(WorkerEnvironment.S3_ACCESS_KEY, s3.accessKey());
        secret.put(WorkerEnvironment.S3_SECRET_KEY, s3.secretKey());
      }
    }
    return new WorkerStore(open, secret);
  }

  /** Everything, for a process that nobody else can look into. */
  public Map<String, String> all() {
    Map<String, String> all = new HashMap<>(open);
    all.putAll(secret);
    return all;
  }
}
