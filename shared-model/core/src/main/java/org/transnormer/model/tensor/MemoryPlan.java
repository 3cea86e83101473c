package org.transnormer.model.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What memory a piece of work needs, decided before it is allocated. Regions hold tensors one after
 * another; regions that are {@link #overlay overlays} of each other share the same bytes because
 * they are never alive at the same time.
 */
public final class MemoryPlan {

  /** A cache line, and the widest vector. */
  public static final int ALIGNMENT = 64;

  /** One planned tensor. */
  public record Entry(String name, ElementType type, long[] shape, long offset, long bytes) {

    public Tensor in(Storage storage) {
      return Tensor.of(storage, type, offset / type.bytes(), shape);
    }
  }

  private final String name;
  private final ElementType usual;
  private final List<Entry> entries = new ArrayList<>();
  private long end;
  private long overlayStart = -1;
  private long overlayEnd;

  /** A plan of floats. */
  public MemoryPlan(String name) {
    this(name, ElementType.F32);
  }

  /**
   * @param usual type of the tensors that are added without one
   */
  public MemoryPlan(String name, ElementType usual) {
    this.name = name;
    this.usual = usual;
  }

  /** Plans a tensor of the usual type behind everything planned so far. */
  public Entry add(String entryName, long... shape) {
    return add(entryName, usual, shape);
  }

  /** Plans a tensor behind everything planned so far. */
  public Entry add(String entryName, ElementType type, long... shape) {
    long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    long bytes = Math.multiplyExact(elements, type.bytes());
    Entry entry = new Entry(entryName, type, shape.clone(), end, bytes);
    entries.add(entry);
    end = Math.addExact(end, Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT);
    return entry;
  }

  /**
   * Plans groups of tensors that share their bytes.
   *
   * @param groups each adds its tensors to the plan; no tensor of one is used while another's is
   */
  public void overlay(List<Runnable> groups) {
    if (overlayStart >= 0) {
      throw new IllegalStateException("an overlay inside an overlay");
    }
    overlayStart = end;
    overlayEnd = end;
    for (Runnable group : groups) {
      end = overlayStart;
      group.run();
      overlayEnd = Math.max(overlayEnd, end);
    }
    end = overlayEnd;
    overlayStart = -1;
  }

  /** Lists another plan's tensors behind everything planned so far. */
  public void include(MemoryPlan part) {
    for (Entry entry : part.entries) {
      entries.add(
          new Entry(
              part.name + "." + entry.name(),
              entry.type(),
              entry.shape(),
              end + entry.offset(),
              entry.bytes()));
    }
    end = Math.addExact(end, part.end);
  }

  public String name() {
    return name;
  }

  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Bytes of the one storage that holds every entry. */
  public long bytes() {
    return end;
  }

  /** A table of every tensor, its shape, place and size. */
  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    table.append(String.format(Locale.ROOT, "%s: %,d bytes%n", name, bytes()));
    for (Entry entry : entries) {
      table.append(
          String.format(
              Locale.ROOT,
              "  %-32s %-4s %-24s at %,15d  %,15d bytes%n",
              entry.name(),
              entry.type(),
              Arrays.toString(entry.shape()),
              entry.offset(),
              entry.bytes()));
    }
    return table.toString();
  }
}
