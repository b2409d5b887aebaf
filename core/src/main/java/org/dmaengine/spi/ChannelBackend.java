package org.dmaengine.spi;

import org.dmaengine.Operation;
import org.dmaengine.PrepRefusedException;

/**
 * One channel, as the engine's author writes it (kernel: the {@code device_*} operations). The core
 * holds no lock while it calls any of these, and may call from any thread.
 *
 * <p>The engine never sees cookies, generations or callbacks (P7). It pulls work from its {@link
 * ChannelQueue}, moves the bytes, and reports one end for each transfer it pulled.
 */
public interface ChannelBackend {
    /**
     * Looks at an operation before it gets a descriptor. Bounds, capability, ownership of the
     * memory, and the declared alignment and length were checked before. Not called for {@link
     * org.dmaengine.DmaChannel#tryMemcpy}: what that must refuse has to be declared.
     *
     * @throws PrepRefusedException if the engine cannot do it
     */
    void prepare(Operation operation);

    /**
     * The doorbell (kernel: {@code device_issue_pending}): there may be work in the queue. Never
     * blocks (P2). It may come at any time and any number of times: with an empty queue, on a busy
     * channel, from inside {@link ChannelQueue#end}, after {@link #close}; then it does nothing.
     */
    void start();

    /**
     * Stop everything that was pulled and has not ended (kernel: {@code device_terminate_all}).
     * Never blocks, and may only schedule the stop (P3). Clears a pause. Each transfer still gets
     * its end, after its last touch (P4). Until this returns, the queue hands out no newer work.
     */
    void abort();

    /**
     * Proves that no memory of the transfers that have ended is touched any more (kernel: {@code
     * device_synchronize}). The core has already waited until each of them had its end; here the
     * engine waits until its own threads, or its device, have left them too.
     *
     * @param deadlineNanos on the clock of {@link Scheduler#nanoTime}; {@link Long#MAX_VALUE} is
     *     none
     * @return false if that cannot be proved by the deadline (P5)
     */
    boolean synchronize(long deadlineNanos);

    /**
     * Holds what is running (kernel: {@code device_pause}). Called only on engines with {@link
     * org.dmaengine.Capability#PAUSE}. Never blocks.
     *
     * @return true if no byte of this channel moves now; false if {@link ChannelQueue#paused} will
     *     be called when that is so. A pause taken back by {@link #resume} or {@link #abort} is not
     *     reported.
     */
    default boolean pause() {
        throw new UnsupportedOperationException("the engine declares no PAUSE");
    }

    /** Goes on after {@link #pause} (kernel: {@code device_resume}). Never blocks. */
    default void resume() {
        throw new UnsupportedOperationException("the engine declares no PAUSE");
    }

    /** Gives the channel back. The core has synchronized it before. */
    void close();
}
