package org.transnormer.model.checkpoint;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of Python's pickle language that state dictionaries are written in. A pickle is a
 * program for a stack machine, and Python's own machine lets it call anything; this one knows
 * strings, numbers, containers, and the three constructors that {@code torch.save} uses for
 * tensors. It calls nothing, loads no class, and refuses every other name and instruction by name.
 *
 * <p>Instructions: CPython's Lib/pickletools.py, protocols 2 to 4.
 */
final class Pickle {

  /**
   * What a program may do and make: every instruction counts, and every pair that is copied. A
   * tensor takes about 40, so that these are enough for fifty thousand of them, and too few to fill
   * the memory.
   */
  private static final int MOST_WORK = 1 << 21;

  private static final int MOST_AXES = 32;

  private static final Object NONE = "None";
  private static final Object MARK = new Object();

  /** A storage that a tensor lies in: an entry of the zip. */
  record Storage(DType type, String key, long elements) {}

  /** A contiguous tensor. */
  record StoredTensor(Storage storage, long offset, List<Long> shape, long elements) {}

  /** A name that the pickle may use; never looked up anywhere but here. */
  private enum Known {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    SIZE
  }

  private record Tuple(List<Object> items) {}

  private final Path file;
  private final ByteBuffer in;
  private final Deque<Object> stack = new ArrayDeque<>();
  private final Map<Integer, Object> memo = new HashMap<>();
  private int work;

  Pickle(Path file, byte[] program) {
    this.file = file;
    this.in = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The dictionary that the program leaves; one that holds nothing but another is unwrapped. */
  Map<?, ?> stateDictionary() throws MalformedCheckpointException {
    Object root = run();
    if (root instanceof Map<?, ?> map
        && map.size() == 1
        && map.get("state_dict") instanceof Map<?, ?> inner) {
      return inner;
    }
    if (root instanceof Map<?, ?> map) {
      return map;
    }
    throw refused("leaves no dictionary of tensors");
  }

  private Object run() throws MalformedCheckpointException {
    try {
      while (true) {
        int opcode = in.get() & 0xFF;
        if (opcode == '.') {
          return pop();
        }
        spend(1);
        step(opcode);
      }
    } catch (BufferUnderflowException e) {
      throw new MalformedCheckpointException(file, "has a pickle that ends in the middle", e);
    }
  }

  private void spend(int count) throws MalformedCheckpointException {
    work += count;
    if (work > MOST_WORK) {
      throw refused("needs more than %d instructions".formatted(MOST_WORK));
    }
  }

  private void step(int opcode) throws MalformedCheckpointException {
    switch (opcode) {
      case 0x80 -> requireProtocol(in.get());
      case 0x95 -> in.getLong(); // the length of a frame, which only helps to read ahead
      case '}' -> stack.push(new LinkedHashMap<>());
      case ']' -> stack.push(new ArrayList<>());
      case ')' -> stack.push(new Tuple(List.of()));
      case '(' -> stack.push(MARK);
      case 'N' -> stack.push(NONE);
      case 0x88 -> stack.push(true);
      case 0x89 -> stack.push(false);
      case 'J' -> stack.push((long) in.getInt());
      case 'K' -> stack.push((long) (in.get() & 0xFF));
      case 'M' -> stack.push((long) (in.getShort() & 0xFFFF));
      case 0x8A -> stack.push(longOf(in.get() & 0xFF));
      case 'G' -> stack.push(bigEndianDouble());
      case 'X' -> stack.push(text(in.getInt()));
      case 0x8C -> stack.push(text(in.get() & 0xFF));
      case 't' -> stack.push(new Tuple(toMark()));
      case 0x85 -> stack.push(new Tuple(last(1)));
      case 0x86 -> stack.push(new Tuple(last(2)));
      case 0x87 -> stack.push(new Tuple(last(3)));
      case 'q' -> memo.put(in.get() & 0xFF, top());
      case 'r' -> memo.put(in.getInt(), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> stack.push(remembered(in.get() & 0xFF));
      case 'j' -> stack.push(remembered(in.getInt()));
      case 'a' -> append(last(1));
      case 'e' -> append(toMark());
      case 's' -> setItems(last(2));
      case 'u' -> setItems(toMark());
      case 'c' -> stack.push(global(line(), line()));
      case 0x93 -> {
        List<Object> names = last(2);
        if (!(names.getFirst() instanceof String module)
            || !(names.getLast() instanceof String name)) {
          throw refused("asks for something whose name is no string");
        }
        stack.push(global(module, name));
      }
      case 'R' -> {
        List<Object> call = last(2);
        stack.push(construct(call.getFirst(), call.getLast()));
      }
      case 'Q' -> stack.push(storage(pop()));
      case 'b' -> {
        pop(); // attributes of a dictionary, such as its _metadata; nothing here needs them
        if (!(top() instanceof Map<?, ?>)) {
          throw refused("sets attributes of something other than a dictionary");
        }
      }
      default ->
          throw refused(
              "uses the instruction 0x%02X at %d, which state dictionaries do not need"
                  .formatted(opcode, in.position() - 1));
    }
  }

  private void requireProtocol(int protocol) throws MalformedCheckpointException {
    if (protocol < 2 || protocol > 5) {
      throw refused("is of protocol " + protocol);
    }
  }

  private Object global(String module, String name) throws MalformedCheckpointException {
    String full = module + "." + name;
    return switch (full) {
      case "collections.OrderedDict" -> Known.ORDERED_DICT;
      case "torch._utils._rebuild_tensor_v2" -> Known.REBUILD_TENSOR;
      case "torch._utils._rebuild_parameter" -> Known.REBUILD_PARAMETER;
      case "torch.Size" -> Known.SIZE;
      case "torch.FloatStorage" -> DType.F32;
      case "torch.HalfStorage" -> DType.F16;
      case "torch.BFloat16Storage" -> DType.BF16;
      case "torch.DoubleStorage" -> DType.F64;
      case "torch.LongStorage" -> DType.I64;
      case "torch.IntStorage" -> DType.I32;
      case "torch.ShortStorage" -> DType.I16;
      case "torch.CharStorage" -> DType.I8;
      case "torch.ByteStorage" -> DType.U8;
      case "torch.BoolStorage" -> DType.BOOL;
      default ->
          throw refused(
              "asks for %s; a file of weights has no use for it, and it is never called here"
                  .formatted(full.length() > 120 ? full.substring(0, 120) + "..." : full));
    };
  }

  private Object construct(Object what, Object arguments) throws MalformedCheckpointException {
    if (!(arguments instanceof Tuple(List<Object> items)) || !(what instanceof Known known)) {
      throw refused("calls something that cannot be called");
    }
    return switch (known) {
      case ORDERED_DICT -> dictionary(items);
      case REBUILD_TENSOR -> tensor(items);
      case REBUILD_PARAMETER -> {
        if (items.isEmpty() || !(items.getFirst() instanceof StoredTensor tensor)) {
          throw refused("makes a parameter of something other than a tensor");
        }
        yield tensor;
      }
      case SIZE -> {
        if (items.size() != 1 || !(items.getFirst() instanceof Tuple size)) {
          throw refused("makes a size of something other than a tuple");
        }
        yield size;
      }
    };
  }

  /** An ordered dictionary from nothing, or from a list of pairs. */
  private Map<Object, Object> dictionary(List<Object> items) throws MalformedCheckpointException {
    Map<Object, Object> map = new LinkedHashMap<>();
    if (!items.isEmpty() && items.getFirst() instanceof List<?> pairs) {
      spend(pairs.size());
      for (Object pair : pairs) {
        if (!(pair instanceof Tuple(List<Object> two)) || two.size() != 2) {
          throw refused("makes a dictionary of something other than pairs");
        }
        put(map, two.getFirst(), two.getLast());
      }
    } else if (!items.isEmpty()) {
      throw refused("makes a dictionary of something other than pairs");
    }
    return map;
  }

  /** (storage, offset, shape, stride, requires_grad, hooks[, metadata]) */
  private StoredTensor tensor(List<Object> items) throws MalformedCheckpointException {
    if (items.size() < 4
        || !(items.get(0) instanceof Storage storage)
        || !(items.get(1) instanceof Long offset)
        || !(items.get(2) instanceof Tuple(List<Object> shape))
        || !(items.get(3) instanceof Tuple(List<Object> strides))
        || offset < 0
        || shape.size() != strides.size()
        || shape.size() > MOST_AXES) {
      throw refused("describes a tensor that cannot be");
    }
    long elements = 1;
    List<Long> axes = new ArrayList<>();
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      if (!(shape.get(axis) instanceof Long length)
          || !(strides.get(axis) instanceof Long stride)
          || length < 0
          || length > Long.MAX_VALUE / 8 / Math.max(1, elements)) {
        throw refused("describes a tensor of an impossible shape");
      }
      if (length != 1 && stride != elements) {
        throw refused("holds a tensor whose rows do not follow each other; save it contiguous");
      }
      elements *= length;
      axes.addFirst(length);
    }
    return new StoredTensor(storage, offset, List.copyOf(axes), elements);
  }

  /** ('storage', type, key, device, elements) */
  private Storage storage(Object id) throws MalformedCheckpointException {
    if (!(id instanceof Tuple(List<Object> items))
        || items.size() != 5
        || !items.get(0).equals("storage")
        || !(items.get(1) instanceof DType type)
        || !(items.get(2) instanceof String key)
        || !(items.get(4) instanceof Long elements)
        || elements < 0
        || !key.matches("[0-9]{1,9}")) {
      throw refused("describes a storage that cannot be");
    }
    return new Storage(type, key, elements);
  }

  @SuppressWarnings("unchecked") // lists are made here only
  private void append(List<Object> items) throws MalformedCheckpointException {
    if (!(top() instanceof List<?> list)) {
      throw refused("appends to something other than a list");
    }
    ((List<Object>) list).addAll(items);
  }

  @SuppressWarnings("unchecked") // maps are made here only
  private void setItems(List<Object> items) throws MalformedCheckpointException {
    if (!(top() instanceof Map<?, ?> map) || items.size() % 2 != 0) {
      throw refused("sets items of something other than a dictionary");
    }
    for (int i = 0; i < items.size(); i += 2) {
      put((Map<Object, Object>) map, items.get(i), items.get(i + 1));
    }
  }

  private void put(Map<Object, Object> map, Object key, Object value)
      throws MalformedCheckpointException {
    if (!(key instanceof String) && !(key instanceof Long)) {
      throw refused("has a key that is no string");
    }
    if (map.put(key, value) != null) {
      throw refused("names '%s' twice".formatted(key));
    }
  }

  private Object remembered(int index) throws MalformedCheckpointException {
    Object value = memo.get(index);
    if (value == null) {
      throw refused("recalls what it never stored");
    }
    return value;
  }

  private Object top() throws MalformedCheckpointException {
    Object top = stack.peek();
    if (top == null || top == MARK) {
      throw refused("takes from an empty stack");
    }
    return top;
  }

  private Object pop() throws MalformedCheckpointException {
    Object top = top();
    stack.pop();
    return top;
  }

  private List<Object> last(int count) throws MalformedCheckpointException {
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.addFirst(pop());
    }
    return items;
  }

  private List<Object> toMark() throws MalformedCheckpointException {
    List<Object> items = new ArrayList<>();
    while (!stack.isEmpty() && stack.peek() != MARK) {
      items.add(stack.pop());
    }
    if (stack.isEmpty()) {
      throw refused("has no mark where it needs one");
    }
    stack.pop();
    return items.reversed();
  }

  private String text(int length) throws MalformedCheckpointException {
    if (length < 0 || length > in.remaining()) {
      throw refused("has a string of %d bytes".formatted(length));
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    for (byte b = in.get(); b != '\n'; b = in.get()) {
      line.append((char) (b & 0xFF));
    }
    return line.toString();
  }

  private long longOf(int bytes) throws MalformedCheckpointException {
    if (bytes > Long.BYTES) {
      throw refused("has a number of %d bytes".formatted(bytes));
    }
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      long part = i == bytes - 1 ? in.get() : in.get() & 0xFF;
      value |= part << 8 * i;
    }
    return value;
  }

  private double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
  }

  private MalformedCheckpointException refused(String reason) {
    return new MalformedCheckpointException(file, "its pickle " + reason);
  }
}
