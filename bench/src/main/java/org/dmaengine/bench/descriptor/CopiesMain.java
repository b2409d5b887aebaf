package org.dmaengine.bench.descriptor;

import org.dmaengine.bench.Cores;
import org.dmaengine.bench.Deadline;
import org.dmaengine.bench.PeerProcess;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/**
 * A process that copies through one kind of queue; see {@link PeerProcess}. For each line {@code
 * BYTES SLOTS DEPTH BURST COPIES} it answers nanoseconds for each copy. All targets are compared
 * with their sources after the turn.
 */
final class CopiesMain {
    private static final Workload FIRST = Workload.pipelined(32);
    private static final long FIRST_COPIES = 10_000;

    private final CopyQueue queue;

    private CopiesMain(CopyQueue queue) {
        this.queue = queue;
    }

    /** {@code KIND FIRST_CORE SECOND_CORE}. */
    public static void main(String[] arguments) throws IOException {
        PeerProcess.endWithHarness();
        // The pools of the JDK have one worker, as all others here.
        System.setProperty("java.util.concurrent.ForkJoinPool.common.parallelism", "1");
        System.setProperty("jdk.virtualThreadScheduler.parallelism", "1");
        System.setProperty("jdk.virtualThreadScheduler.maxPoolSize", "1");
        int producerCore = Integer.parseInt(arguments[1]);
        int workerCore = Integer.parseInt(arguments[2]);
        try (CopyQueue queue = QueueKind.valueOf(arguments[0]).open()) {
            CopiesMain copies = new CopiesMain(queue);
            copies.turn(FIRST, FIRST_COPIES); // Starts all threads.
            if (!queue.workers().isEmpty()) {
                Cores.pinThreads(queue.workers(), workerCore);
            }
            Cores.pinSelf(producerCore);
            copies.serve();
        }
    }

    @SuppressWarnings("SystemOut") // The protocol.
    private void serve() throws IOException {
        PrintStream out = System.out;
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Scanner numbers = new Scanner(line);
            Workload workload =
                    new Workload(
                            numbers.nextInt(),
                            numbers.nextInt(),
                            numbers.nextInt(),
                            numbers.nextInt());
            out.println(turn(workload, numbers.nextLong()));
            out.flush();
        }
    }

    /** Nanoseconds for each copy. */
    private double turn(Workload workload, long copies) {
        queue.bytes = workload.bytes();
        long usedBytes = workload.usedBytes(copies);
        queue.fill(usedBytes);
        long begin = System.nanoTime();
        run(queue, workload, copies);
        long nanos = System.nanoTime() - begin;
        queue.compare(usedBytes);
        return (double) nanos / copies;
    }

    /** Returns when all have ended. */
    static void run(CopyQueue queue, Workload workload, long copies) {
        Deadline deadline = Deadline.start();
        int slots = workload.slots();
        int burst = workload.burst();
        int inFlightMax = workload.depth() - burst;
        long begun = 0;
        long ended = 0;
        int slot = 0;
        while (ended < copies) {
            if (begun < copies && begun - ended <= inFlightMax) {
                for (int i = 0; i < burst && begun < copies && queue.copy(slot); i++) {
                    begun++;
                    slot = slot + 1 == slots ? 0 : slot + 1;
                }
                queue.doorbell();
            }
            long more = queue.ended();
            if (more == 0) {
                deadline.look();
            }
            ended += more;
        }
    }
}
