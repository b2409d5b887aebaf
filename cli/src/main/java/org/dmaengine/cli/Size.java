package org.dmaengine.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Locale;

/**
 * A number of bytes, given as {@code 4096}, {@code 64K}, {@code 1M} or {@code 2G}.
 *
 * @param bytes the number
 */
record Size(long bytes) {
    static Size parse(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        int unit = upper.isEmpty() ? -1 : "KMG".indexOf(upper.charAt(upper.length() - 1));
        String digits = unit < 0 ? upper : upper.substring(0, upper.length() - 1);
        long bytes = Long.parseLong(digits);
        if (bytes < 0) {
            throw new NumberFormatException("negative");
        }
        return new Size(Math.multiplyExact(bytes, 1L << 10 * (unit + 1)));
    }

    static final class Converter implements ITypeConverter<Size> {
        @Override
        public Size convert(String text) {
            try {
                return parse(text);
            } catch (ArithmeticException | NumberFormatException notASize) {
                throw new TypeConversionException(
                        "'" + text + "' is not a size such as 4096, 64K, 1M or 2G");
            }
        }
    }
}
