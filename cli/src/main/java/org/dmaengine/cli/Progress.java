package org.dmaengine.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One line on the terminal that tells how far a copy is; nothing where nobody looks. All threads of
 * the copy move it on; what changes is guarded by itself.
 */
final class Progress {
    private static final long EVERY_NANOS = 100_000_000;
    private static final long SECOND_NANOS = 1_000_000_000;
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream terminal;
    private final LongSupplier clock;
    private final boolean shown;
    private final long begunNanos;
    private long totalBytes;
    private long doneBytes;
    private long resumedBytes;
    private long paintedNanos;

    /**
     * @param shown false on anything but a terminal
     * @param clock in nanoseconds
     */
    Progress(PrintStream terminal, boolean shown, LongSupplier clock) {
        this.terminal = terminal;
        this.shown = shown;
        this.clock = clock;
        this.begunNanos = clock.getAsLong();
        this.paintedNanos = begunNanos;
    }

    boolean isShown() {
        return shown;
    }

    /** So many bytes are expected in all; 0 if nobody knows. */
    synchronized void expect(long bytes) {
        totalBytes = bytes;
    }

    /** So many bytes were there before. */
    synchronized void resumed(long bytes) {
        resumedBytes += bytes;
        doneBytes += bytes;
    }

    synchronized void advance(long bytes) {
        doneBytes += bytes;
        long now = clock.getAsLong();
        if (shown && now - paintedNanos >= EVERY_NANOS) {
            paintedNanos = now;
            terminal.print(ERASE + line(now));
            terminal.flush();
        }
    }

    /** Takes the line away, for whatever comes after it. */
    synchronized void erase() {
        if (shown) {
            terminal.print(ERASE);
            terminal.flush();
        }
    }

    synchronized String line(long nowNanos) {
        double seconds = Math.max(1e-9, (double) (nowNanos - begunNanos) / SECOND_NANOS);
        double rate = (doneBytes - resumedBytes) / seconds;
        String text = size(doneBytes);
        if (totalBytes > 0) {
            text += " of %s  %d %%".formatted(size(totalBytes), 100 * doneBytes / totalBytes);
        }
        text += "  " + size((long) rate) + "/s";
        if (totalBytes > 0 && rate > 0) {
            text += "  " + time((long) ((totalBytes - doneBytes) / rate)) + " left";
        }
        return text;
    }

    /** In units of 1024, as people read them. */
    static String size(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(
                        Locale.ROOT, value < 10 ? "%.2f %s" : "%.1f %s", value, units[unit]);
    }

    private static String time(long seconds) {
        return seconds < 3600
                ? "%d:%02d".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
