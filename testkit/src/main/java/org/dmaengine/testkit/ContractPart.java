package org.dmaengine.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A group of the suite; {@link EngineContract} joins them all. */
interface ContractPart {
    /** What the running test works with. */
    TestBench bench();

    /** A file to be read and written, made where there is none. */
    static FileChannel openFile(Path path) throws IOException {
        return FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
}
