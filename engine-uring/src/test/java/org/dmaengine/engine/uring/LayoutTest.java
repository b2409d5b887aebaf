package org.dmaengine.engine.uring;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.Locale.ROOT;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Every number and offset that is copied from a C header is what the headers of this machine say.
 * The C program is made from the Java constants, so that none can be forgotten: a constant whose C
 * counterpart cannot be told from its name does not compile there.
 */
class LayoutTest {
    private static final String HEADERS =
            """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <poll.h>
            #include <stddef.h>
            #include <stdio.h>
            #include <sys/eventfd.h>
            #include <sys/mman.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/uio.h>
            #include <linux/falloc.h>
            #include <linux/fs.h>
            #include <linux/io_uring.h>
            #include <linux/time_types.h>
            """;

    /** What a constant's name begins with, and the structure that it is about. */
    private static final Map<String, String> STRUCTURES =
            Map.ofEntries(
                    Map.entry("PARAMS_", "io_uring_params"),
                    Map.entry("SQE_", "io_uring_sqe"),
                    Map.entry("CQE_", "io_uring_cqe"),
                    Map.entry("GETEVENTS_ARG_", "io_uring_getevents_arg"),
                    Map.entry("TIMESPEC_", "__kernel_timespec"),
                    Map.entry("IOVEC_", "iovec"),
                    Map.entry("MSGHDR_", "msghdr"),
                    Map.entry("RSRC_REGISTER_", "io_uring_rsrc_register"),
                    Map.entry("RSRC_UPDATE2_", "io_uring_rsrc_update2"),
                    Map.entry("FILES_UPDATE_", "io_uring_files_update"),
                    Map.entry("PROBE_OP_", "io_uring_probe_op"),
                    Map.entry("PROBE_", "io_uring_probe"));

    /** Members that are not simply called like the rest of the constant. */
    private static final Map<String, String> MEMBERS =
            Map.of(
                    "SQE_OP_FLAGS", "rw_flags",
                    "TIMESPEC_NSEC", "tv_nsec",
                    "IOVEC_LEN", "iov_len",
                    "MSGHDR_IOV", "msg_iov",
                    "MSGHDR_IOVLEN", "msg_iovlen");

    private static final Pattern NEWER = Pattern.compile("(IORING|IOSQE|IO_URING)_\\w+");

    @TempDir private Path folder;

    @Test
    void shouldHaveNumbersAndOffsetsOfIoUring() throws Exception {
        compare(constants(IoUring.class, LayoutTest::inIoUring), HEADERS);
    }

    @Test
    void shouldHaveNumbersOfSystemCalls() throws Exception {
        Map<Field, String> constants =
                constants(
                        NativeUringCalls.class,
                        name ->
                                switch (name) {
                                    case "STATX_SIZE" -> "sizeof(struct statx)";
                                    case "STATX_STX_MODE" -> "offsetof(struct statx, stx_mode)";
                                    default -> name;
                                });
        compare(constants, HEADERS);
    }

    @Test
    void shouldHavePlacesInTablesOfJni() throws Exception {
        Path include = Path.of(System.getProperty("java.home"), "include");
        if (!Files.exists(include.resolve("jni.h"))) {
            MachineCompiler.skip("this JDK has no jni.h");
        }
        String headers = "#include <stddef.h>\n#include <stdio.h>\n#include <jni.h>\n";
        compare(
                constants(PrivateFields.class, LayoutTest::inJni),
                headers,
                "-I" + include,
                "-I" + include.resolve("linux"));
    }

    private static String inIoUring(String name) {
        return STRUCTURES.keySet().stream()
                .filter(name::startsWith)
                .max(Comparator.comparingInt(String::length))
                .map(prefix -> inStructure(STRUCTURES.get(prefix), name, prefix.length()))
                .orElse(name);
    }

    private static String inStructure(String structure, String name, int prefixLength) {
        String rest = name.substring(prefixLength).toLowerCase(ROOT);
        if (rest.equals("size")) {
            return "sizeof(struct %s)".formatted(structure);
        }
        String member = MEMBERS.getOrDefault(name, rest).replaceFirst("^([sc]q_off)_", "$1.");
        return "offsetof(struct %s, %s)".formatted(structure, member);
    }

    private static String inJni(String name) {
        if (name.startsWith("JNI_")) {
            return name;
        }
        String function =
                Arrays.stream(name.split("_", -1))
                        .map(word -> word.equals("ID") ? word : capitalized(word))
                        .collect(joining());
        String table = name.equals("GET_ENV") ? "JNIInvokeInterface_" : "JNINativeInterface_";
        return "offsetof(struct %s, %s) / sizeof(void *)".formatted(table, function);
    }

    private static String capitalized(String word) {
        return word.charAt(0) + word.substring(1).toLowerCase(ROOT);
    }

    /** Every constant number of a class, with what it is called in C. */
    private static Map<Field, String> constants(Class<?> type, UnaryOperator<String> expression) {
        Map<Field, String> constants = new LinkedHashMap<>();
        for (Field field : type.getDeclaredFields()) {
            boolean number = field.getType() == int.class || field.getType() == long.class;
            boolean ours = field.getName().equals("WARM");
            if (number
                    && !ours
                    && Modifier.isStatic(field.getModifiers())
                    && !field.isSynthetic()) {
                field.setAccessible(true);
                constants.put(field, expression.apply(field.getName()));
            }
        }
        assertThat(constants).isNotEmpty();
        return constants;
    }

    private void compare(Map<Field, String> constants, String headers, String... options)
            throws Exception {
        var compiler = new MachineCompiler(folder);
        String header = compiler.preprocess(headers, append(options, "-dD"));
        Set<String> words = Pattern.compile("\\W+").splitAsStream(header).collect(toSet());
        // Only flags and operations of io_uring can be newer than the header; all else must
        // compile.
        List<String> newer =
                constants.values().stream()
                        .filter(name -> NEWER.matcher(name).matches() && !words.contains(name))
                        .toList();
        Map<Field, String> known = new LinkedHashMap<>(constants);
        known.values().removeAll(newer);
        System.out.printf(
                "%d constants are compared with the headers of this machine, which lack %s%n",
                known.size(), newer);

        String printed = compiler.execute(headers + program(known.values()), options);

        List<String> said = printed.lines().toList();
        assertThat(said).hasSameSizeAs(known.keySet());
        int line = 0;
        for (Field field : known.keySet()) {
            assertThat(((Number) field.get(null)).longValue())
                    .as("%s, in C %s", field.getName(), known.get(field))
                    .isEqualTo(Long.parseLong(said.get(line)));
            line++;
        }
    }

    private static String program(Collection<String> expressions) {
        return expressions.stream()
                .map("    printf(\"%%lld\\n\", (long long) (%s));\n"::formatted)
                .collect(joining("", "int main(void) {\n", "    return 0;\n}\n"));
    }

    private static String[] append(String[] options, String last) {
        String[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = last;
        return all;
    }
}
