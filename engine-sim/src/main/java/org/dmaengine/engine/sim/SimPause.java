package org.dmaengine.engine.sim;

import org.dmaengine.spi.ChannelQueue;

import java.util.List;

/**
 * The pause of a channel: it holds at once or some time later, as the model says, unless it was
 * taken back by then. Guarded by the controller.
 */
final class SimPause {
    private final SimController controller;
    private final ChannelQueue queue;
    private final List<SimJob> jobs;

    private boolean holds;
    // Rises with every pause and with all that takes one back.
    private int pauses;

    SimPause(SimController controller, ChannelQueue queue, List<SimJob> jobs) {
        this.controller = controller;
        this.queue = queue;
        this.jobs = jobs;
    }

    boolean holds() {
        return holds;
    }

    /** True if it holds now; otherwise the core is told when it does. */
    boolean begin() {
        int mine = ++pauses;
        long pauseNanos = controller.model.pauseNanos;
        if (pauseNanos == 0) {
            hold();
            return true;
        }
        controller.after(pauseNanos, () -> holdLate(mine));
        return false;
    }

    private void holdLate(int pause) {
        if (pause == pauses) {
            hold();
            // Under the monitor, so that no pause is reported that was taken back; it only sets a
            // flag and wakes.
            queue.paused();
        }
    }

    private void hold() {
        holds = true;
        jobs.forEach(controller.physical::hold);
    }

    void takeBack() {
        pauses++;
        holds = false;
        controller.ring();
    }
}
