package org.dmaengine.engine.uring;

/**
 * An open file: what descriptors, registrations and requests share, and what is closed with the
 * last of them. Under the kernel's lock.
 */
final class FakeOpenFile {
    private final FakeFile file;
    private int references;

    FakeOpenFile(FakeFile file) {
        this.file = file;
    }

    FakeFile file() {
        return file;
    }

    FakeOpenFile refer() {
        references++;
        return this;
    }

    void release() {
        if (--references == 0) {
            file.closed();
        }
        assert references >= 0 : "released more often than referred to";
    }
}
