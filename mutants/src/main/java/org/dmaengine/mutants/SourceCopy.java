package org.dmaengine.mutants;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A built copy of the project, where mutants are compiled and the tests run. Classes of a mutant
 * stand in a folder of their own, which is first on the class path: the copy itself stays as it is.
 */
final class SourceCopy {
    /** Random, long and costly tests come last: one that says what is wrong is a better find. */
    private static final List<String> LAST =
            List.of(
                    "StressTest",
                    "LossStressTest",
                    "RandomStepsTest",
                    "AllocationTest",
                    "CpuEngineContractTest",
                    "CpuInlineContractTest");

    private static final List<String> MODULES = List.of("core", "engine-cpu");
    private static final List<String> JVM_OPTIONS =
            List.of(
                    "-ea",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+EnableDynamicAgentLoading",
                    // A crash is an answer here, and nobody wants to look into it.
                    "-XX:-CreateCoredumpOnCrash");

    private static final long PROCESS_SECONDS = 1200;

    private final Path root;
    private final Path work;
    private final long limitSeconds;

    SourceCopy(Path root, long limitSeconds) throws IOException {
        this.root = root;
        this.limitSeconds = limitSeconds;
        this.work = Files.createDirectories(root.resolve("mutant"));
    }

    /** Runs all tests on the sources as they are. */
    Verdict runUnmutated() throws IOException, InterruptedException {
        clear();
        return run(MODULES);
    }

    /** Compiles what the mutant changes, and runs the tests that can see it. */
    Verdict run(Mutant mutant) throws IOException, InterruptedException {
        clear();
        compile(mutant.appliedTo(root), classPath(MODULES.getLast()), work);
        int first = MODULES.indexOf(mutant.module());
        if (first < 0) {
            throw new Mutant.Misfit(mutant.name() + " changes a module other than " + MODULES);
        }
        // Tests of core know no engine: a mutant of an engine cannot show there.
        return run(MODULES.subList(first, MODULES.size()));
    }

    private Path classes() {
        return work.resolve("classes");
    }

    private void clear() throws IOException {
        try (var files = Files.walk(work)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        Files.createDirectories(classes());
    }

    /** Compiles changed sources into the folder {@code classes} of another. */
    static void compile(Map<Path, String> changed, String classPath, Path work) throws IOException {
        List<Path> files = new ArrayList<>();
        for (var change : changed.entrySet()) {
            Path file = work.resolve("sources").resolve(change.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, change.getValue());
            files.add(file);
        }
        StringWriter told = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources = manager.getJavaFileObjectsFromPaths(files);
            List<String> options =
                    List.of(
                            "-nowarn",
                            "-proc:none",
                            "-parameters",
                            "-g",
                            "-classpath",
                            classPath,
                            "-d",
                            Files.createDirectories(work.resolve("classes")).toString());
            if (!compiler.getTask(told, manager, null, options, null, sources).call()) {
                throw new Mutant.Misfit("it does not compile:\n" + told);
            }
        }
    }

    /** What the tests of a module see: as in the build, core's see no engine. */
    private String classPath(String module) throws IOException {
        List<String> entries = new ArrayList<>();
        entries.add(classes().toString());
        List<String> seen =
                module.equals("core")
                        ? List.of("core")
                        : List.of("core", "engine-sim", "testkit", module);
        for (String each : seen) {
            entries.add(root.resolve(each).resolve("target/classes").toString());
        }
        entries.add(root.resolve(module).resolve("target/test-classes").toString());
        entries.add(root.resolve("mutants/target/classes").toString());
        try (var libraries = Files.list(root.resolve("lib"))) {
            libraries.map(Path::toString).forEach(entries::add);
        }
        return String.join(File.pathSeparator, entries);
    }

    private Verdict run(List<String> modules) throws IOException, InterruptedException {
        List<String> passed = new ArrayList<>();
        for (String module : modules) {
            Verdict verdict = run(module);
            if (verdict.isKill()) {
                return verdict;
            }
            passed.add(verdict.detail() + " of " + module);
        }
        return new Verdict(Verdict.Kind.PASSED, String.join(", ", passed));
    }

    private Verdict run(String module) throws IOException, InterruptedException {
        Path verdict = work.resolve("verdict-" + module);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_OPTIONS);
        command.addAll(List.of("-cp", classPath(module), Suite.class.getName()));
        command.addAll(List.of(verdict.toString(), Long.toString(limitSeconds)));
        command.addAll(testClasses(root.resolve(module).resolve("target/test-classes")));
        Process process =
                new ProcessBuilder(command)
                        // Where the tests expect to be.
                        .directory(root.resolve(module).toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(work.resolve("log-" + module).toFile())
                        .start();
        Thread killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            // The process watches each test itself; this is for one that cannot even do that.
            if (!process.waitFor(PROCESS_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(killer);
        }
        return Verdict.read(verdict);
    }

    private static List<String> testClasses(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString())
                    .filter(file -> file.endsWith("Test.class") && !file.contains("$"))
                    .map(file -> file.replace('/', '.').substring(0, file.length() - 6))
                    .sorted(
                            Comparator.comparing(SourceCopy::isLast)
                                    .thenComparing(Comparator.naturalOrder()))
                    .toList();
        }
    }

    private static boolean isLast(String testClass) {
        return LAST.contains(testClass.substring(testClass.lastIndexOf('.') + 1));
    }
}
