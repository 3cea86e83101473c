package org.transnormer.cleaning.sidecar;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.transnormer.cleaning.sidecar.Column.Kind;

/**
 * Writes flat Parquet files of required columns, one zstd page per column and row group, with the
 * format's own metadata classes. Equal rows give equal bytes. Not thread-safe.
 *
 * <p>A row is written column by column in the schema's order, then ended by {@link #endRow}.
 */
final class ParquetWriter implements AutoCloseable {
  /** A page of doubles is then 512 KiB. */
  private static final int GROUP_ROWS = 1 << 16;

  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};
  private static final int LEVEL = 3;

  private final OutputStream out;
  private final List<Column> columns;
  private final List<ColumnBuffer> buffers;
  private final int capacity;
  private final List<RowGroup> groups = new ArrayList<>();
  private long position;
  private long rows;
  private int next;

  ParquetWriter(OutputStream out, List<Column> columns, long expectedRows) throws IOException {
    this.out = out;
    this.columns = List.copyOf(columns);
    int capacity = (int) Math.clamp(expectedRows, 1, GROUP_ROWS);
    this.buffers =
        columns.stream().map(column -> new ColumnBuffer(column.kind(), capacity)).toList();
    this.capacity = capacity;
    write(MAGIC);
  }

  ParquetWriter put(double value) {
    buffers.get(next++).add(value);
    return this;
  }

  ParquetWriter put(long value) {
    buffers.get(next++).add(value);
    return this;
  }

  ParquetWriter put(int value) {
    buffers.get(next++).add(value);
    return this;
  }

  ParquetWriter put(byte[] value) {
    buffers.get(next++).add(value);
    return this;
  }

  ParquetWriter put(String label) {
    buffers.get(next++).add(label);
    return this;
  }

  void endRow() throws IOException {
    if (next != columns.size()) {
      throw new IllegalStateException("a row of " + next + " values, expected " + columns.size());
    }
    next = 0;
    rows++;
    if (buffers.getFirst().rows() == capacity) {
      endGroup();
    }
  }

  long rows() {
    return rows;
  }

  /** Writes what is buffered and the footer. The stream is left open. */
  @Override
  public void close() throws IOException {
    if (buffers.getFirst().rows() > 0) {
      endGroup();
    }
    List<SchemaElement> schema = new ArrayList<>();
    schema.add(new SchemaElement("sidecar").setNum_children(columns.size()));
    columns.forEach(column -> schema.add(element(column)));
    FileMetaData footer = new FileMetaData(1, schema, rows, groups);
    footer.setCreated_by("transnormer-platform");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Util.writeFileMetaData(footer, bytes);
    write(bytes.toByteArray());
    write(
        ByteBuffer.allocate(Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(bytes.size())
            .array());
    write(MAGIC);
    out.flush();
  }

  private static SchemaElement element(Column column) {
    SchemaElement element =
        new SchemaElement(column.name())
            .setType(type(column.kind()))
            .setRepetition_type(FieldRepetitionType.REQUIRED);
    return switch (column.kind()) {
      case INT, LONG, DOUBLE -> element;
      case BYTES16 -> element.setType_length(16);
      case LABEL -> element.setConverted_type(ConvertedType.UTF8);
    };
  }

  static Type type(Kind kind) {
    return switch (kind) {
      case INT -> Type.INT32;
      case LONG -> Type.INT64;
      case DOUBLE -> Type.DOUBLE;
      case BYTES16 -> Type.FIXED_LEN_BYTE_ARRAY;
      case LABEL -> Type.BYTE_ARRAY;
    };
  }

  private void endGroup() throws IOException {
    int groupRows = buffers.getFirst().rows();
    List<ColumnChunk> chunks = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < columns.size(); i++) {
      long start = position;
      ColumnMetaData chunk = chunk(columns.get(i), buffers.get(i));
      bytes += chunk.getTotal_uncompressed_size();
      chunks.add(new ColumnChunk(start).setMeta_data(chunk));
      buffers.get(i).clear();
    }
    groups.add(new RowGroup(chunks, bytes, groupRows));
  }

  private ColumnMetaData chunk(Column column, ColumnBuffer buffer) throws IOException {
    long start = position;
    boolean coded = column.kind() == Kind.LABEL;
    long raw = coded ? dictionaryPage(buffer.dictionary()) : 0;
    long data = position;
    Encoding encoding = coded ? Encoding.RLE_DICTIONARY : Encoding.PLAIN;
    PageHeader header = new PageHeader(PageType.DATA_PAGE, 0, 0);
    header.setData_page_header(
        new DataPageHeader(buffer.rows(), encoding, Encoding.RLE, Encoding.RLE));
    raw += page(header, buffer.page());
    ColumnMetaData metadata =
        new ColumnMetaData(
            type(column.kind()),
            coded ? List.of(Encoding.PLAIN, Encoding.RLE_DICTIONARY) : List.of(Encoding.PLAIN),
            List.of(column.name()),
            CompressionCodec.ZSTD,
            buffer.rows(),
            raw,
            position - start,
            data);
    if (coded) {
      metadata.setDictionary_page_offset(start);
    }
    return metadata;
  }

  private long dictionaryPage(List<String> dictionary) throws IOException {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    for (String value : dictionary) {
      byte[] bytes = value.getBytes(UTF_8);
      values.write(
          ByteBuffer.allocate(Integer.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(bytes.length)
              .array());
      values.write(bytes);
    }
    PageHeader header = new PageHeader(PageType.DICTIONARY_PAGE, 0, 0);
    header.setDictionary_page_header(new DictionaryPageHeader(dictionary.size(), Encoding.PLAIN));
    return page(header, values.toByteArray());
  }

  /** Returns the uncompressed size, header included. */
  private long page(PageHeader header, byte[] content) throws IOException {
    byte[] compressed = Zstd.compress(content, LEVEL);
    header.setUncompressed_page_size(content.length);
    header.setCompressed_page_size(compressed.length);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Util.writePageHeader(header, bytes);
    write(bytes.toByteArray());
    write(compressed);
    return bytes.size() + (long) content.length;
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }
}
