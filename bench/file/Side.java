import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * One of those who are compared. They run in turn, a short while each, and keep their files open in
 * between.
 */
interface Side extends AutoCloseable {

    /** Runs for so many seconds. */
    Figure run(double seconds) throws Exception;

    @Override
    void close() throws IOException;

    /**
     * @param perSecond operations
     * @param processorNanos processor time of one operation
     * @param heapBytes allocated for one operation, by all threads; NaN where there is no heap
     */
    record Figure(double perSecond, double processorNanos, double heapBytes) {
        static Figure parse(String line) {
            String[] words = line.split(" ");
            return new Figure(
                    Double.parseDouble(words[0]), Double.parseDouble(words[1]), Double.NaN);
        }
    }

    /** Something of this process that runs until a time of {@link System#nanoTime} and counts. */
    interface Counted {
        long until(long endNanos) throws Exception;
    }

    static Figure measure(double seconds, Counted body) throws Exception {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = threads.getTotalThreadAllocatedBytes();
        long used = processorNanos();
        long begun = System.nanoTime();
        long done = body.until(begun + (long) (seconds * 1e9));
        double took = (System.nanoTime() - begun) / 1e9;
        return new Figure(
                done / took,
                (double) (processorNanos() - used) / done,
                (double) (threads.getTotalThreadAllocatedBytes() - allocated) / done);
    }

    private static long processorNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
