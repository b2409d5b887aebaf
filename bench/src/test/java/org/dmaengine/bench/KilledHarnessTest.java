package org.dmaengine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

class KilledHarnessTest {
    private static final long DEADLINE_NANOS = 60_000_000_000L;

    @TempDir private Path folder;

    /** Answers each line with a figure. */
    static final class Peer {
        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) {
            PeerProcess.endWithHarness();
            Scanner in = new Scanner(System.in, UTF_8);
            while (in.hasNextLine()) {
                System.out.println(in.nextLine());
            }
        }
    }

    /** Lets a peer of each kind have a turn, and says their numbers. */
    static final class Harness {
        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws Exception {
            Site site = new Site(new Cores(0, 0), Path.of("peers"), Path.of(arguments[0]));
            try (PeerProcess java = PeerProcess.ofClass(site, Peer.class);
                    PeerProcess c = PeerProcess.ofSource(site, "memory.c", "4096")) {
                java.measure("1");
                c.measure("memcpy 4096 hot 1 1");
                System.out.println(java.number() + " " + c.number());
                System.in.read();
            } catch (Skip noCompiler) {
                System.out.println(noCompiler.reason());
            }
        }
    }

    @Test
    void shouldLeaveNoStoppedPeers() throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(Harness.class.getName(), folder.toString()));
        Process harness =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader said = harness.inputReader(UTF_8)) {
            String numbers = said.readLine();
            assumeTrue(numbers.matches("\\d+ \\d+"), numbers);
            harness.destroyForcibly();
            for (String number : numbers.split(" ", -1)) {
                assertThat(hasEnded(Path.of("/proc", number, "stat"))).as(number).isTrue();
            }
        } finally {
            harness.destroyForcibly();
        }
    }

    /** Nobody may be there to take it away: a zombie has ended, too. */
    private static boolean hasEnded(Path stat) throws IOException {
        long end = System.nanoTime() + DEADLINE_NANOS;
        while (System.nanoTime() < end) {
            try {
                String text = Files.readString(stat);
                if (text.charAt(text.lastIndexOf(')') + 2) == 'Z') {
                    return true;
                }
            } catch (IOException gone) {
                return true;
            }
        }
        return false;
    }
}
