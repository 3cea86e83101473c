import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.tensor.Tensor;

/** A backend that measures how long each of another backend's operations takes, by its shapes. */
final class OperationTimes {

  private static final class Total {
    private long calls;
    private long nanos;
  }

  private final Map<String, Total> totals = new HashMap<>();

  Backend around(Backend backend) {
    return timed(Backend.class, backend, "");
  }

  void clear() {
    totals.clear();
  }

  /** A line an operation, the slowest first. */
  String table(int steps) {
    long all = totals.values().stream().mapToLong(total -> total.nanos).sum();
    StringBuilder table = new StringBuilder("| operation | calls a step | ms a step | share |\n|---|---|---|---|\n");
    totals.entrySet().stream()
        .sorted(Comparator.comparingLong((Map.Entry<String, Total> e) -> e.getValue().nanos).reversed())
        .forEach(e ->
            table.append(
                String.format(
                    Locale.ROOT,
                    "| `%s` | %d | %.1f | %.1f %% |%n",
                    e.getKey(),
                    e.getValue().calls / steps,
                    e.getValue().nanos * 1e-6 / steps,
                    100.0 * e.getValue().nanos / all)));
    return table.toString();
  }

  private <T> T timed(Class<T> type, Object target, String prefix) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> call(target, method, arguments, prefix)));
  }

  private Object call(Object target, Method method, Object[] arguments, String prefix) throws Throwable {
    if (method.getParameterCount() == 0 && method.getReturnType().isInterface()) {
      return timed(method.getReturnType(), method.invoke(target), method.getName() + ".");
    }
    long started = System.nanoTime();
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      add(prefix + method.getName() + shapes(arguments), System.nanoTime() - started);
    }
  }

  private void add(String name, long nanos) {
    Total total = totals.computeIfAbsent(name, _ -> new Total());
    total.calls++;
    total.nanos += nanos;
  }

  private static String shapes(Object[] arguments) {
    StringBuilder shapes = new StringBuilder();
    int tensors = 0;
    for (Object argument : arguments == null ? new Object[0] : arguments) {
      if (argument instanceof Tensor tensor && tensors++ < 3) {
        shapes.append(' ').append(tensor.rows()).append('x').append(tensor.columns());
      }
    }
    return shapes.toString();
  }
}
