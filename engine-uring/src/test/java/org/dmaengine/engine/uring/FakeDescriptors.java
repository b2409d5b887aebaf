package org.dmaengine.engine.uring;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The descriptors of the process: the lowest free number is given next. Under the kernel's lock.
 */
final class FakeDescriptors {
    // Those of the console and the like are never given.
    private static final int FIRST = 3;

    private final List<@Nullable FakeOpenFile> byNumber = new ArrayList<>();

    FakeDescriptors() {
        for (int i = 0; i < FIRST; i++) {
            byNumber.add(new FakeOpenFile(new FakeRegularFile(new byte[0])).refer());
        }
    }

    int open(FakeFile file) {
        return share(new FakeOpenFile(file));
    }

    /** One more descriptor of an open file. */
    int share(FakeOpenFile file) {
        int number = byNumber.indexOf(null);
        if (number < 0) {
            number = byNumber.size();
            byNumber.add(null);
        }
        byNumber.set(number, file.refer());
        return number;
    }

    /** Null if that number is closed. */
    @Nullable FakeOpenFile find(int number) {
        return number >= 0 && number < byNumber.size() ? byNumber.get(number) : null;
    }

    boolean close(int number) {
        FakeOpenFile file = find(number);
        if (file == null) {
            return false;
        }
        byNumber.set(number, null);
        file.release();
        return true;
    }

    int count() {
        return (int) byNumber.stream().filter(Objects::nonNull).count() - FIRST;
    }
}
