package org.dmaengine;

import org.jetbrains.lincheck.datastructures.Operation;

import java.util.Map;
import java.util.TreeMap;

/** The history under the channel's lock: outcomes come in any order, questions at any time. */
public final class OutcomeHistorySpec {
    private static final int COOKIES = 4;

    private final Object lock = new Object();
    private final OutcomeHistory history = new OutcomeHistory();

    // Guarded by lock. Cookies are ended from the last to the first, so that each is inserted.
    private long next = COOKIES;

    /** The cookie that was aborted, or 0. */
    @Operation
    public long abort() {
        synchronized (lock) {
            if (next == 0) {
                return 0;
            }
            history.add(next, Outcome.ABORTED, next);
            return next--;
        }
    }

    /** The cookie that failed, or 0. */
    @Operation
    public long fail() {
        synchronized (lock) {
            if (next == 0) {
                return 0;
            }
            history.add(next, Outcome.READ_FAILED, next);
            return next--;
        }
    }

    /** What is known of all cookies. */
    @Operation
    public String ask() {
        synchronized (lock) {
            StringBuilder known = new StringBuilder();
            for (long cookie = 1; cookie <= COOKIES; cookie++) {
                known.append(history.state(cookie).name().charAt(0));
                known.append(history.residueBytes(cookie));
            }
            return known.toString();
        }
    }

    /** The same, for one thread. */
    public static final class Model {
        private final Map<Long, Character> known = new TreeMap<>();
        private long next = COOKIES;

        public long abort() {
            return add('A');
        }

        public long fail() {
            return add('E');
        }

        private long add(char letter) {
            if (next == 0) {
                return 0;
            }
            known.put(next, letter);
            return next--;
        }

        public String ask() {
            StringBuilder all = new StringBuilder();
            for (long cookie = 1; cookie <= COOKIES; cookie++) {
                all.append(known.getOrDefault(cookie, 'C'));
                all.append(known.containsKey(cookie) ? cookie : 0);
            }
            return all.toString();
        }
    }
}
