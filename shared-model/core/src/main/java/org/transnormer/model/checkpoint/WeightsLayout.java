package org.transnormer.model.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongToDoubleFunction;

/**
 * What the files of a model's weights hold.
 *
 * @param tensors in the order of the parameter buffer
 * @param absent tensors that files may leave out, and what each element then is
 * @param tied tensors that files may have beside them, and the one whose numbers each must have
 * @param exact tensors that are written as floats, whatever the others are rounded to
 */
public record WeightsLayout(
    List<TensorSpec> tensors,
    Map<String, LongToDoubleFunction> absent,
    Map<String, String> tied,
    Set<String> exact) {

  public WeightsLayout {
    tensors = List.copyOf(tensors);
    absent = Map.copyOf(absent);
    tied = Map.copyOf(tied);
    exact = Set.copyOf(exact);
  }
}
