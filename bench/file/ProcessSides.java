import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Other programs, on the same core. */
final class ProcessSides {
    private ProcessSides() {}

    /** ring.c: a line in for each run, and one out. */
    static Side ring(String program, Access access) throws IOException {
        Process process =
                new ProcessBuilder(
                                program,
                                access.file().toString(),
                                access.writing() ? "write" : "read",
                                Integer.toString(access.block()),
                                Integer.toString(access.depth()),
                                access.random() ? "random" : "sequential",
                                access.direct() ? "direct" : "cached")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        PrintStream in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        return new Side() {
            @Override
            public Figure run(double seconds) throws IOException {
                in.println(seconds);
                String answer = out.readLine();
                if (answer == null) {
                    throw new IOException(program + " has ended");
                }
                return Figure.parse(answer);
            }

            @Override
            public void close() {
                // The end of its input ends it.
                in.close();
                process.onExit().join();
            }
        };
    }

    /** fio knows whole seconds only, and starts anew each time; its start does not count. */
    static Side fio(Access access) {
        List<String> command =
                List.of(
                        "fio",
                        "--name=peer",
                        "--filename=" + access.file(),
                        "--rw="
                                + (access.random() ? "rand" : "")
                                + (access.writing() ? "write" : "read"),
                        "--bs=" + access.block(),
                        "--iodepth=" + access.depth(),
                        "--ioengine=io_uring",
                        "--direct=" + (access.direct() ? 1 : 0),
                        "--time_based",
                        "--registerfiles",
                        "--fixedbufs",
                        "--norandommap",
                        "--randrepeat=0",
                        "--invalidate=0",
                        "--output-format=json");
        return new Side() {
            @Override
            public Figure run(double seconds) throws Exception {
                List<String> whole = new java.util.ArrayList<>(command);
                whole.add("--runtime=" + Math.max(1, Math.round(seconds)));
                Process process =
                        new ProcessBuilder(whole)
                                .redirectError(ProcessBuilder.Redirect.INHERIT)
                                .start();
                String report =
                        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (process.waitFor() != 0) {
                    throw new IOException("fio failed: " + report);
                }
                double perSecond = most("iops", report);
                double percent = most("usr_cpu", report) + most("sys_cpu", report);
                return new Figure(perSecond, percent * 1e7 / perSecond, Double.NaN);
            }

            @Override
            public void close() {}
        };
    }

    private static double most(String name, String report) {
        Matcher each = Pattern.compile("\"" + name + "\" : ([0-9.]+)").matcher(report);
        double most = 0;
        while (each.find()) {
            most = Math.max(most, Double.parseDouble(each.group(1)));
        }
        return most;
    }
}
