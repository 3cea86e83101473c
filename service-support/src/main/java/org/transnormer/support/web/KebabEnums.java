package org.transnormer.support.web;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.convert.converter.ConverterFactory;

/** Enums in paths and queries, written as in bodies: {@code large-model}. */
@SuppressWarnings("rawtypes") // an enum of any type
final class KebabEnums implements ConverterFactory<String, Enum> {

  @Override
  public <T extends Enum> Converter<String, T> getConverter(Class<T> type) {
    return text -> parse(type, text);
  }

  private static <T extends Enum> T parse(Class<T> type, String text) {
    T[] constants = type.getEnumConstants();
    return Arrays.stream(constants)
        .filter(constant -> kebab(constant).equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'%s' is none of %s"
                    .formatted(
                        text,
                        Arrays.stream(constants)
                            .map(KebabEnums::kebab)
                            .collect(Collectors.joining(", ")))));
  }

  private static String kebab(Enum constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
