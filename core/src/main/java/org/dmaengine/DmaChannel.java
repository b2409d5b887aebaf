package org.dmaengine;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * An exclusive queue on an engine (kernel: {@code struct dma_chan}). The steps of the kernel's
 * client guide: prep a descriptor, submit it, issue what is pending, be called back or ask; and at
 * the end terminate, synchronize, close.
 *
 * <p>Any thread may call any method. No method waits, except those that say so. Those refuse to be
 * called inside a callback (C10). The termination contract, C1 to C18, is in {@code
 * docs/client.md}.
 */
public sealed interface DmaChannel extends AutoCloseable permits VirtualChannel {

    /** The channel's name, unique in the process. */
    String name();

    /** The engine it belongs to. */
    DmaEngine engine();

    /** What it was requested for; prep calls for anything else are refused. */
    Set<Capability> capabilities();

    // Step 3: prep. Nothing is queued, no buffer is owned by the engine yet.

    /**
     * Prepares a copy of all of {@code source} to the start of {@code target} (kernel: {@code
     * dmaengine_prep_dma_memcpy}).
     *
     * @throws PrepRefusedException if the target is shorter or read-only, the two overlap, their
     *     alignment does not fit, or the memory is neither from a {@link DmaArena} nor mapped (C16)
     * @throws ChannelClosedException after {@link #close}
     * @throws EngineLostException on a dead channel (C12)
     */
    Descriptor prepMemcpy(MemorySegment target, MemorySegment source, Flag... flags);

    /**
     * Prepares filling {@code target} (kernel: {@code dmaengine_prep_dma_memset}). Throws as above.
     */
    Descriptor prepMemset(MemorySegment target, byte value, Flag... flags);

    /**
     * Sets what the peripheral prep calls without a configuration use (kernel: {@code
     * dmaengine_slave_config}). Descriptors prepared before keep theirs (P8).
     */
    void configure(PeripheralConfig config);

    /**
     * Prepares moving the segments, in order, to or from the configured peripheral (kernel: {@code
     * dmaengine_prep_slave_sg}).
     *
     * @throws IllegalStateException if {@link #configure} was never called
     */
    Descriptor prepPeripheralSg(List<MemorySegment> segments, Flag... flags);

    /** The same for the peripheral given. A source that ends early completes with a residue. */
    Descriptor prepPeripheralSg(
            PeripheralConfig config, List<MemorySegment> segments, Flag... flags);

    /**
     * Prepares an endless transfer around {@code ring}, to or from the configured peripheral
     * (kernel: {@code dmaengine_prep_dma_cyclic}). It ends only by termination or error.
     *
     * @param ring a whole number of periods
     * @param periodBytes the length of a period
     * @param onPeriod called for each period
     * @throws IllegalStateException if {@link #configure} was never called
     */
    Descriptor prepCyclic(
            MemorySegment ring, long periodBytes, PeriodCallback onPeriod, Flag... flags);

    /** The same for the peripheral given. */
    Descriptor prepCyclic(
            PeripheralConfig config,
            MemorySegment ring,
            long periodBytes,
            PeriodCallback onPeriod,
            Flag... flags);

    /** Prepares a strided copy (kernel: {@code dmaengine_prep_interleaved_dma}). */
    Descriptor prepInterleaved(InterleavedTemplate template, Flag... flags);

    /**
     * Prepares something else than a transfer to or from a peripheral. It starts when all that was
     * issued before it on this channel has ended; with {@link Flag#FENCE} nothing later starts
     * before it has ended. Its bytes are 0; a failure is WRITE_FAILED with the reason.
     *
     * @throws PrepRefusedException if the peripheral does not fit the command, or the engine cannot
     *     do it
     */
    Descriptor prepCommand(Peripheral peripheral, Command command, Flag... flags);

    /** Prepares a callback without data (kernel: {@code device_prep_dma_interrupt}). */
    Descriptor prepInterrupt(Flag... flags);

    // Step 4: submit. The transfer is in the queue and owns its buffers; nothing runs yet (C1).

    /**
     * Queues a descriptor (kernel: {@code dmaengine_submit}). Nothing starts before {@link
     * #issuePending} (C1).
     *
     * @return the handle of this run
     * @throws QueueFullException if the queue is full; {@link #trySubmit} answers that without
     * @throws StaleDescriptorException if the channel was terminated since prep (C15)
     * @throws IllegalStateException if the descriptor is of another channel, was submitted already,
     *     or its memory was closed
     */
    Transfer submit(Descriptor descriptor);

    /**
     * Queues a descriptor without making a handle.
     *
     * @return the cookie, or 0 if the queue is full (P10)
     */
    long trySubmit(Descriptor descriptor);

    /**
     * Prepares and queues a copy in one step, with {@code INTERRUPT | ACK}, and without an object
     * per transfer: for the hot path. There is no handle; ask by cookie, or be called back.
     *
     * @return the cookie, or 0 if the queue is full (P10)
     * @throws PrepRefusedException as {@link #prepMemcpy}
     */
    long tryMemcpy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes,
            CookieCallback callback);

    /** The same without a callback. */
    long tryMemcpy(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            long lengthBytes);

    /**
     * Prepares and queues a transfer between one segment and a peripheral in one step (kernel:
     * {@code dmaengine_prep_slave_single}), with {@code INTERRUPT | ACK}, and without an object per
     * transfer: for the hot path, on which configuration and segments are made once. There is no
     * handle; ask by cookie, or be called back.
     *
     * @param config the peripheral, the direction and the burst; its own offset does not count
     * @param offsetBytes where in a file the transfer begins; 0 for all other peripherals
     * @return the cookie, or 0 if the queue is full (P10)
     * @throws PrepRefusedException as {@link #prepPeripheralSg}
     */
    long tryPeripheral(
            PeripheralConfig config,
            long offsetBytes,
            MemorySegment segment,
            CookieCallback callback);

    /** The same without a callback. */
    long tryPeripheral(PeripheralConfig config, long offsetBytes, MemorySegment segment);

    // Step 5: issue, and learn what became of it.

    /**
     * Lets everything submitted so far start, in order (kernel: {@code dma_async_issue_pending}).
     * On a busy channel it queues (P2). One call for many descriptors is one doorbell. Does nothing
     * on a closed or dead channel: what was submitted has ended there.
     */
    void issuePending();

    /**
     * Looks at a cookie (kernel: {@code dmaengine_tx_status}). Seeing COMPLETE means seeing the
     * bytes (C17). Never goes back (C2), except that failures and terminations more than 65,536
     * such cookies ago are forgotten, with all cookies before them: they are UNKNOWN, never
     * COMPLETE.
     */
    TransferStatus status(long cookie);

    /**
     * The state alone, for polling: without a lock as long as transfers end in order and nothing
     * was terminated or failed.
     */
    TransferState state(long cookie);

    /**
     * Gives up the place of an ended transfer that was prepared without {@link Flag#ACK} (kernel:
     * {@code async_tx_ack}). Does nothing for all others.
     */
    void acknowledge(long cookie);

    /**
     * Holds the channel (kernel: {@code dmaengine_pause}). Waits, though not for any transfer,
     * until no byte moves; nothing is lost and the residue is stable (C13). Allowed in callbacks.
     *
     * @throws UnsupportedOperationException if the engine cannot pause
     * @throws IllegalStateException if another thread resumed or terminated the channel meanwhile
     */
    void pause();

    /**
     * Goes on after {@link #pause} (kernel: {@code dmaengine_resume}).
     *
     * @throws IllegalStateException if the channel is not paused (C13)
     */
    void resume();

    // Termination.

    /**
     * Closes the current generation (kernel: {@code dmaengine_terminate_async}, commit b36f09c3).
     * Never waits, may be called anywhere, callbacks included (C4). When it returns, no descriptor
     * submitted before will start and no callback of theirs will be claimed; what runs may still
     * touch its memory, and one callback may still run: {@link #synchronize} waits for both. Clears
     * a pause. Idempotent.
     */
    void terminateAsync();

    /**
     * Waits until every generation closed before the call is quiescent: no memory is touched, no
     * callback runs, none will start (C6; kernel: {@code dmaengine_synchronize}). With none closed,
     * waits until the callbacks of transfers already completed have returned. Not cut short by an
     * interrupt; the flag is kept (C11).
     *
     * @return the evidence (C9)
     * @throws CallbackContextException inside a callback (C10)
     * @throws EngineLostException if the engine cannot prove the last touch (C12)
     */
    Receipt synchronize();

    /**
     * The same with a deadline, which ends the wait and never the ownership (C11). A lost engine is
     * {@link StillOwned} here.
     */
    Quiescence synchronize(Duration timeout);

    /**
     * {@link #terminateAsync} and {@link #synchronize} (C7; kernel: {@code
     * dmaengine_terminate_sync}). Everything that belongs to transfers submitted before may be
     * freed when it has returned.
     *
     * @throws CallbackContextException inside a callback (C10); then nothing was terminated
     * @throws EngineLostException if the engine cannot prove the last touch (C12)
     */
    Receipt terminateSync();

    /** The same with a deadline (C11). */
    Quiescence terminateSync(Duration timeout);

    /**
     * The same as {@link #terminateAsync} (C18).
     *
     * @deprecated as in the kernel since commit b36f09c3: the name does not say whether it waits,
     *     and code that frees memory after it races with transfers and callbacks that still run.
     *     Use {@link #terminateSync}, or {@link #terminateAsync} and later {@link #synchronize}.
     */
    @Deprecated
    void terminateAll();

    /**
     * Waits until all that was issued before the call has an outcome and its callback has returned
     * (C8). Not a termination; on a paused channel it waits for {@link #resume}.
     *
     * @throws CallbackContextException inside a callback (C10)
     * @throws EngineLostException on a dead channel (C12)
     */
    void drain();

    /** The same with a deadline (C11). */
    Quiescence drain(Duration timeout);

    /**
     * {@link #terminateSync} and release (C14; kernel: {@code dma_release_channel}). Idempotent;
     * concurrent closers all return only when it is quiet.
     *
     * @throws CallbackContextException inside a callback, if it would have to wait (C10)
     * @throws EngineLostException if the engine cannot prove the last touch; the memory stays in
     *     quarantine (C12)
     */
    @Override
    void close();

    /**
     * The same with a deadline. What is not proved by then goes into quarantine and the channel is
     * dead (C12): nothing is freed that may still be written.
     */
    Quiescence close(Duration timeout);
}
