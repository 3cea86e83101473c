package org.transnormer.support.batch.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.transnormer.support.batch.Partition;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

final class PartitionRows implements RowMapper<Partition> {

  private final JsonMapper json;

  PartitionRows(JsonMapper json) {
    this.json = json;
  }

  @Override
  public Partition mapRow(ResultSet row, int number) throws SQLException {
    return new Partition(
        row.getLong("step_execution_id"),
        row.getLong("job_execution_id"),
        row.getString("step_name"),
        row.getString("partition_name"),
        strings(row.getString("parameters")),
        row.getString("state"),
        row.getLong("epoch"),
        row.getInt("attempts"),
        row.getString("worker"),
        row.getLong("done"),
        row.getLong("total"),
        row.getString("unit"),
        json.readValue(row.getString("counters"), new TypeReference<TreeMap<String, Long>>() {}),
        strings(row.getString("results")),
        row.getString("reason"),
        instant(row.getTimestamp("started_at")),
        instant(row.getTimestamp("ended_at")));
  }

  private Map<String, String> strings(String text) {
    return json.readValue(text, new TypeReference<TreeMap<String, String>>() {});
  }

  private static @Nullable Instant instant(@Nullable Timestamp timestamp) {
    return timestamp == null ? null : timestamp.toInstant();
  }
}
