package org.dmaengine.engine.uring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Asks for a descriptor in a Java of its own, started with other options, and prints it. */
final class OtherJava {
    private static final int TIMES = 20;

    private OtherJava() {}

    /** What it prints, with the exit status. */
    static String run(Path folder, String... options) throws Exception {
        return run(OtherJava.class, folder, options);
    }

    /** The same for another program. */
    static String run(Class<?> program, Path folder, String... options) throws Exception {
        Path output = folder.resolve("output");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // If it must crash, then here.
        command.add("-XX:ErrorFile=" + folder.resolve("hs_err"));
        command.addAll(List.of(options));
        String classes = location(NativeUringCalls.class) + ":" + location(OtherJava.class);
        command.addAll(List.of("-ea", "-cp", classes, program.getName()));
        var process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        int status = process.waitFor();
        return Files.readString(output, UTF_8) + "exit " + status;
    }

    private static Path location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    public static void main(String[] arguments) throws Exception {
        try (var channel = DatagramChannel.open()) {
            int found = NativeUringCalls.link().descriptorOf(channel);
            for (int n = 0; n < TIMES; n++) {
                System.gc();
                assert ChannelDescriptors.connect().of(channel) == found : "changes";
            }
            Path link = Files.readSymbolicLink(Path.of("/proc/self/fd/" + found));
            System.out.println(link.toString().startsWith("socket:") ? "found" : link);
        } catch (UringUnavailable unavailable) {
            System.out.println(unavailable.reason() + "; " + unavailable.remedy());
        }
    }
}
