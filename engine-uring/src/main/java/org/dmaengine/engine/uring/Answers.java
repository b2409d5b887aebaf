package org.dmaengine.engine.uring;

import org.dmaengine.Operation;
import org.dmaengine.Outcome;
import org.dmaengine.TransferError;

import java.io.IOException;

/**
 * What is made of the kernel's answers: a transfer is over, goes on with what is left, or is asked
 * for again. docs/engines/io_uring.md has the table. Of the worker's thread alone.
 */
final class Answers {
    private final Turns turns;
    private final Rings rings;

    Answers(Turns turns, Rings rings) {
        this.turns = turns;
        this.rings = rings;
    }

    /**
     * The kernel's own entry for a request, whose piece is over.
     *
     * @param result of it, or the negative number of an error
     * @param polled whether its stream was only looked at
     */
    void heard(Request request, int result, boolean polled) {
        if (result < 0) {
            refused(request, -result, polled);
        } else if (!polled) {
            moved(request, result);
        } else if (request.isHandshake() && !request.transfer().stopRequested()) {
            finishHandshake(request);
        } else {
            request.ready = true;
            request.channel().again(request);
        }
    }

    private void finishHandshake(Request request) {
        boolean over;
        try {
            over = Handshake.finish((Operation.PeripheralCommand) request.transfer().operation());
        } catch (IOException | RuntimeException refused) {
            turns.fail(request, Handshake.error(refused, request.verb()));
            return;
        }
        if (over) {
            turns.complete(request);
        } else {
            request.channel().again(request);
        }
    }

    private void moved(Request request, int bytes) {
        request.retries = 0;
        request.learn(bytes);
        if (request.isMessage()) {
            movedMessage(request, bytes);
            return;
        }
        if (bytes == 0 && !request.isEmpty()) {
            movedNothing(request);
            return;
        }
        request.advance(bytes);
        if (request.isWhole()) {
            turns.complete(request);
            return;
        }
        request.transfer().progress(request.movedBytes());
        if (request.isAtPeriod()) {
            request.periodBegun = false;
            request.transfer().periodElapsed();
        }
        request.channel().again(request);
    }

    /** A message is never continued: what it had is all there is. */
    private void movedMessage(Request request, int bytes) {
        long lengthBytes = request.lengthBytes();
        request.advance(Math.min(bytes, lengthBytes));
        if (bytes > lengthBytes) {
            fail(
                    request,
                    Errno.EMSGSIZE,
                    "EMSGSIZE (%d), a datagram of %d bytes came into buffers of %d, and the rest of"
                                    .formatted(Errno.EMSGSIZE, bytes, lengthBytes)
                            + " it is lost; give larger ones");
        } else if (request.isWhole()) {
            turns.complete(request);
        } else if (request.isReading()) {
            end(request, Outcome.COMPLETE);
        } else {
            fail(
                    request,
                    0,
                    "only %d of %d bytes of a message were taken".formatted(bytes, lengthBytes));
        }
    }

    private void movedNothing(Request request) {
        if (!request.isReading()) {
            fail(request, 0, "the kernel wrote 0 bytes, and would do so again");
        } else if (request.isCyclic()) {
            // A ring has no end that could be reached in good order.
            fail(request, 0, "the source ended during a cyclic transfer");
        } else {
            end(request, Outcome.COMPLETE);
        }
    }

    private void refused(Request request, int errno, boolean polled) {
        boolean cancelled = request.cancelled || (polled && errno == Errno.ECANCELED);
        switch (Refusal.of(errno, cancelled, request.isSync())) {
            // Stopped: it ends before its next piece. Paused: it waits. Otherwise it goes on.
            case GIVEN_BACK -> {
                if (request.isClosed() && !request.transfer().stopRequested()) {
                    fail(
                            request,
                            Errno.EBADF,
                            Errno.describe(Errno.EBADF, "a transfer on a closed channel"));
                } else {
                    request.channel().again(request);
                }
            }
            // With a break: a file that never answers otherwise must not take a whole core.
            case INTERRUPTED -> later(request);
            case NOT_READY -> {
                // What has no file has nothing that could become ready.
                if (polled || !request.hasFile() || request.file().isPositional()) {
                    later(request);
                } else {
                    request.file().leaves(request.isReading(), true);
                    request.channel().again(request);
                }
            }
            case CONDITION_REFUSED -> {
                if (rings.isPolled(request)) {
                    withoutPolling(request);
                } else if (!polled && request.hasFile() && request.file().answersAtOnce()) {
                    request.file().refusesCondition();
                    request.channel().again(request);
                } else {
                    fail(request, errno);
                }
            }
            case SHORT_OF_MEMORY -> {
                if (request.retries++ < Refusal.RETRIES_MAX) {
                    later(request);
                } else {
                    fail(request, errno);
                }
            }
            case FINAL -> fail(request, errno);
        }
    }

    private void withoutPolling(Request request) {
        try {
            rings.withoutPolling(request);
            request.channel().again(request);
        } catch (ErrnoException refused) {
            turns.fail(request, refused.error());
        }
    }

    private void later(Request request) {
        turns.later(request);
        request.channel().again(request);
    }

    private void fail(Request request, int errno) {
        fail(request, errno, Errno.describe(errno, request.verb()));
    }

    private void fail(Request request, int errno, String message) {
        turns.fail(request, TransferError.of(errno, message));
    }

    private void end(Request request, Outcome outcome) {
        turns.end(request, outcome, null);
    }
}
