package org.transnormer.trainer.sql.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Reads and writes columns of types that JDBC has no word for. */
public final class Columns {

  private Columns() {}

  public static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNull(row.getString(column), column);
  }

  public static Optional<String> optionalText(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getString(column));
  }

  public static Instant time(ResultSet row, String column) throws SQLException {
    return optionalTime(row, column).orElseThrow();
  }

  public static Optional<Instant> optionalTime(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  public static OptionalDouble optionalDouble(ResultSet row, String column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** As a parameter. */
  public static OffsetDateTime parameter(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  public static @Nullable OffsetDateTime parameter(Optional<Instant> time) {
    return time.map(Columns::parameter).orElse(null);
  }

  public static @Nullable Double parameter(OptionalDouble value) {
    return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
  }
}
