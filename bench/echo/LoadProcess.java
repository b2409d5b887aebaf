import org.HdrHistogram.Histogram;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** load.c, on a core of its own. */
final class LoadProcess implements AutoCloseable {
    /**
     * @param perSecond round trips
     * @param latencies of all of them, in ns
     */
    record Load(double perSecond, Histogram latencies) {
        long roundTrips() {
            return latencies.getTotalCount();
        }

        double microsAt(double percentile) {
            return latencies.getValueAtPercentile(percentile) / 1e3;
        }
    }

    private final Process process;
    private final PrintStream in;
    private final DataInputStream out;

    LoadProcess(List<String> command) throws IOException {
        process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        out = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    }

    Load run(int port, double seconds, int messageBytes, int connections) throws IOException {
        in.println(port + " " + seconds + " " + messageBytes + " " + connections);
        String[] words = line().split(" ");
        int roundTrips = Integer.parseInt(words[0]);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(roundTrips, Integer.BYTES));
        out.readFully(bytes.array());
        IntBuffer nanos = bytes.order(ByteOrder.nativeOrder()).asIntBuffer();
        Histogram latencies = new Histogram(3);
        while (nanos.hasRemaining()) {
            latencies.recordValue(Integer.toUnsignedLong(nanos.get()));
        }
        return new Load(roundTrips * 1e9 / Long.parseLong(words[1]), latencies);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int each = out.read(); each != '\n'; each = out.read()) {
            if (each < 0) {
                throw new EOFException("the load has ended");
            }
            line.append((char) each);
        }
        return line.toString();
    }

    @Override
    public void close() {
        // The end of its input ends it.
        in.close();
        process.onExit().join();
    }
}
