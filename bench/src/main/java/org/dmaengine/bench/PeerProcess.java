package org.dmaengine.bench;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that does the work of a contestant, so that no two of them share a heap, threads, or
 * what compilers have learned. All speak one protocol, whatever they are written in:
 *
 * <ul>
 *   <li>Arguments that hold for all turns, cores among them, are on its command line. It pins its
 *       threads itself.
 *   <li>For each turn it reads one line of parameters from standard input, does the turn, times it
 *       itself, verifies what it has done, and answers one line on standard output: the figure, and
 *       maybe more numbers, with a space before each.
 *   <li>It ends at the end of its input. If something is wrong it says so on standard error and
 *       ends with another code than 0: {@link #EXIT_SKIP} if it cannot work on this machine.
 * </ul>
 *
 * Between its turns the process is stopped (SIGSTOP), so it may spin as it likes. It is killed when
 * the thread that has started it ends, be it with the whole harness by SIGKILL: peer.h asks for
 * that, and so does {@link #endWithHarness}.
 */
public final class PeerProcess implements AutoCloseable {
    /** By this code a process says that it cannot work on this machine. */
    public static final int EXIT_SKIP = 77;

    private static final long ANSWER_SECONDS = 120;
    private static final long END_SECONDS = 10;

    private static final ScheduledExecutorService WATCHDOG =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("bench-watchdog").daemon(true).factory());

    private final String name;
    private final Process process;
    private final Path errors;

    private PeerProcess(String name, List<String> command, Path work) throws IOException {
        this.name = name;
        this.errors = Files.createTempFile(work, "peer-", ".err");
        // Stopped as it is, it would outlive us.
        this.process = Ending.start(new ProcessBuilder(command).redirectError(errors.toFile()));
        NativeCalls.suspend(process.pid());
    }

    /**
     * Builds a program from a source in the folder of the peers, and starts it.
     *
     * @param source its file name
     * @throws Skip if it cannot be built here
     */
    public static PeerProcess ofSource(Site site, String source, String... arguments)
            throws Skip, IOException {
        List<String> command = new ArrayList<>();
        command.add(PeerBuild.program(site, source).toString());
        command.addAll(List.of(arguments));
        return new PeerProcess(source, command, site.work());
    }

    /**
     * Builds a program from a source in the folder of the peers, for a process that starts it
     * itself.
     *
     * @throws Skip if it cannot be built here
     */
    public static Path program(Site site, String source) throws Skip, IOException {
        return PeerBuild.program(site, source);
    }

    /** Starts a class of this class path, with the options of this JVM. */
    public static PeerProcess ofClass(Site site, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new PeerProcess(main.getSimpleName(), command, site.work());
    }

    /** To be called by a main thread before anything else. */
    public static void endWithHarness() {
        NativeCalls.endWithStarter();
    }

    /**
     * Lets it do one turn.
     *
     * @return the figure
     * @throws Skip if it says that it cannot work here
     */
    public double measure(String parameters) throws Skip, IOException {
        return measureAll(parameters).getFirst();
    }

    /**
     * The same for a program that has only numbers to tell.
     *
     * @return the figure, and what stands behind it
     * @throws Skip if it says that it cannot work here
     */
    public List<Double> measureAll(String parameters) throws Skip, IOException {
        NativeCalls.resume(process.pid());
        ScheduledFuture<?> end =
                WATCHDOG.schedule(process::destroyForcibly, ANSWER_SECONDS, TimeUnit.SECONDS);
        try {
            String line = ask(parameters);
            return Stream.of(line.strip().split(" ", -1)).map(Double::parseDouble).toList();
        } catch (NumberFormatException unreadable) {
            throw new IOException(name + " answered nothing that is a figure" + said(), unreadable);
        } finally {
            end.cancel(false);
            if (process.isAlive()) {
                NativeCalls.suspend(process.pid());
            }
        }
    }

    /** Its number in this system. */
    long number() {
        return process.pid();
    }

    private String ask(String parameters) throws Skip, IOException {
        try {
            Writer out = process.outputWriter(StandardCharsets.UTF_8);
            out.write(parameters + "\n");
            out.flush();
            BufferedReader in = process.inputReader(StandardCharsets.UTF_8);
            String line = in.readLine();
            if (line != null) {
                return line;
            }
        } catch (IOException broken) {
            // Its end of the pipe is closed: it has most likely ended, and said why.
            throw ended(broken);
        }
        throw ended(null);
    }

    private IOException ended(@Nullable IOException broken) throws Skip, IOException {
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                return new IOException(name + " neither answers nor ends" + said(), broken);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new IOException(name + " was not waited for", interrupted);
        }
        if (process.exitValue() == EXIT_SKIP) {
            throw new Skip(name + said());
        }
        return new IOException(name + " ended with code " + process.exitValue() + said(), broken);
    }

    private String said() throws IOException {
        String text = Files.readString(errors).strip();
        return text.isEmpty() ? "" : ": " + text;
    }

    @Override
    public void close() throws IOException {
        try {
            if (process.isAlive()) {
                NativeCalls.resume(process.pid());
                endInput();
                if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException(name + " did not end with its input");
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
            Ending.forget(process);
            Files.deleteIfExists(errors);
        }
    }

    /** What it was asked and never read, as by one that has ended meanwhile, goes with it. */
    private void endInput() {
        try {
            process.outputWriter(StandardCharsets.UTF_8).close();
        } catch (IOException unread) {
            // The pipe is closed nevertheless.
            return;
        }
    }
}
