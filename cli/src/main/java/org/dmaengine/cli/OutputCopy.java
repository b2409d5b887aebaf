package org.dmaengine.cli;

import org.dmaengine.Peripheral;
import org.dmaengine.TransferError;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Copies a source to standard output. */
final class OutputCopy {
    private final Lanes lanes;
    private final Interruption interruption;
    private final Progress progress;
    private final CopyReport report;

    OutputCopy(Lanes lanes, Interruption interruption, Progress progress, CopyReport report) {
        this.lanes = lanes;
        this.interruption = interruption;
        this.progress = progress;
        this.report = report;
    }

    /** Closes the source. */
    void copy(OpenSource open) {
        try (OpenSource source = open;
                OutputPump pump = OutputPump.start(new FileOutputStream(FileDescriptor.out))) {
            copy(source, pump);
        } catch (IOException problem) {
            throw FileProblem.of("writing standard output", problem);
        }
    }

    private void copy(OpenSource source, OutputPump pump) throws IOException {
        Endpoint output = Endpoint.of(new Peripheral.Stream(pump.sink()));
        Pipeline.Result result =
                new Pipeline(lanes, interruption, source.endpoint(), output, new Painter())
                        .run(0, source.sizeBytes());
        if (result.end() == Pipeline.End.DONE) {
            pump.finish(interruption);
        }
        IOException problem = pump.failure();
        if (problem != null) {
            throw FileProblem.of("writing standard output", problem);
        }
        switch (result.end()) {
            case DONE -> {
                if (interruption.isRequested()) {
                    interrupted(pump);
                    return;
                }
                source.requireWhole(result.prefixBytes());
                requireDelivered(pump.deliveredBytes(), result.prefixBytes());
                report.file(pump.deliveredBytes(), 0);
            }
            case INTERRUPTED -> interrupted(pump);
            case READ_FAILED -> throw failed("reading " + source.name(), result);
            case WRITE_FAILED -> throw failed("writing standard output", result);
            case ENGINE_LOST -> throw failed("copying " + source.name(), result);
        }
    }

    private static void requireDelivered(long deliveredBytes, long readBytes) {
        if (deliveredBytes != readBytes) {
            throw new CommandFailure(
                    "writing standard output: only "
                            + deliveredBytes
                            + " of "
                            + readBytes
                            + " bytes have got there; copy again");
        }
    }

    private void interrupted(OutputPump pump) {
        report.interrupted(pump.deliveredBytes(), ", or with the reader of standard output");
    }

    private static CommandFailure failed(String doing, Pipeline.Result result) {
        return FileProblem.of(
                doing, result.error().orElse(TransferError.of(0, "the target takes no more")));
    }

    private final class Painter implements Pipeline.Listener {
        private long doneBytes;

        @Override
        public boolean wantsData() {
            return false;
        }

        @Override
        public void read(MemorySegment data) {
            // Nothing is verified on the way to a stream.
        }

        @Override
        public void written(long prefixBytes) {
            progress.advance(prefixBytes - doneBytes);
            doneBytes = prefixBytes;
        }
    }
}
