package org.dmaengine.engine.uring;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file of the fake kernel as clients hold it: it can be asked for no bytes, and closed. */
final class FakeFileChannel extends FileChannel implements FakeChannel {
    private final FakeKernel kernel;
    private final FakeRegularFile file;
    private final int number;

    FakeFileChannel(FakeKernel kernel, FakeRegularFile file) {
        this.kernel = kernel;
        this.file = file;
        this.number = kernel.open(file);
    }

    @Override
    public int number() {
        return number;
    }

    /** All its bytes; they must not be moving. */
    byte[] bytes() {
        return kernel.lock().locked(file::bytes);
    }

    @Override
    public int read(ByteBuffer target, long position) {
        return requireNothing(target.remaining());
    }

    @Override
    public int write(ByteBuffer source, long position) {
        return requireNothing(source.remaining());
    }

    private static int requireNothing(int bytes) {
        assert bytes == 0 : "only the engine moves bytes of this file";
        return 0;
    }

    @Override
    protected void implCloseChannel() {
        int answer = kernel.close(number);
        assert answer == 0 : "close answers " + answer;
    }

    // What no client of the engine needs.

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("not a file of this machine");
    }

    @Override
    public int read(ByteBuffer target) {
        throw unsupported();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw unsupported();
    }

    @Override
    public int write(ByteBuffer source) {
        throw unsupported();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw unsupported();
    }

    @Override
    public long position() {
        throw unsupported();
    }

    @Override
    public FileChannel position(long newPosition) {
        throw unsupported();
    }

    @Override
    public long size() {
        throw unsupported();
    }

    @Override
    public FileChannel truncate(long size) {
        throw unsupported();
    }

    @Override
    public void force(boolean metaData) {
        throw unsupported();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw unsupported();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw unsupported();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw unsupported();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw unsupported();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw unsupported();
    }
}
