package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Every error of the machine's header has its name and number here, and no other has. */
class ErrnoTest {
    private static final int NUMBER_MAX = 4095; // MAX_ERRNO, linux/err.h

    @TempDir private Path folder;

    @Test
    void shouldNameEveryErrorOfTheHeader() throws Exception {
        Map<Integer, String> named = new TreeMap<>();
        for (int number = 0; number <= NUMBER_MAX; number++) {
            String text = Errno.describe(number, "read");
            if (!text.startsWith("error ")) {
                named.put(number, text.substring(0, text.indexOf(' ')));
            }
        }

        Map<Integer, String> defined = new TreeMap<>();
        header().forEach((name, number) -> defined.put(number, name));

        assertThat(named).isEqualTo(defined);
    }

    @Test
    void shouldHaveConstantsOfTheHeader() throws Exception {
        Map<String, Integer> header = header();
        for (Field constant : Errno.class.getDeclaredFields()) {
            if (constant.getType() == int.class) {
                assertThat(constant.getInt(null))
                        .as(constant.getName())
                        .isEqualTo(header.get(constant.getName()));
            }
        }
    }

    @Test
    void shouldTellNameNumberMeaningAndOperation() {
        assertThat(Errno.describe(28, "write"))
                .isEqualTo("ENOSPC (28), no space left, the file system is full, in write");
        assertThat(Errno.describe(-28, "write")).isEqualTo(Errno.describe(28, "write"));
    }

    @Test
    void shouldBeLoudAboutUnknownNumbers() {
        assertThat(Errno.describe(4242, "read")).contains("4242").contains("read");
        assertThat(Errno.describe(0, "read")).contains("0").contains("read");
        assertThat(Errno.describe(-0x80000000, "read")).contains("2147483648");
    }

    @Test
    void shouldKeepEachMeaningOnOneShortLine() {
        for (int number = 1; number <= 133; number++) {
            assertThat(Errno.describe(number, "read")).hasSizeLessThan(160).doesNotContain("\n");
        }
    }

    /** Names with numbers; a name that stands for another name is left out. */
    private Map<String, Integer> header() throws Exception {
        String macros = new MachineCompiler(folder).preprocess("#include <errno.h>\n", "-dM");
        Map<String, Integer> header = new TreeMap<>();
        var lines = Pattern.compile("(?m)^#define (E\\w+) (\\d+)$").matcher(macros);
        while (lines.find()) {
            header.put(lines.group(1), Integer.valueOf(lines.group(2)));
        }
        assertThat(header).containsEntry("EPERM", 1).hasSizeGreaterThan(100);
        return header;
    }
}
