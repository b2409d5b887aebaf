package org.dmaengine.sweep;

/**
 * One step of a random program.
 *
 * @param action what it does
 * @param channel the number of the channel it does it on
 * @param size a length, a choice of flags, an arena: what the action makes of it
 * @param nanos how long at most, for what waits; negative is without end
 * @param behaviour what the callback does, for what has one
 */
record Step(Action action, int channel, int size, long nanos, Behaviour behaviour) {
    Step withBehaviour(Behaviour newBehaviour) {
        return new Step(action, channel, size, nanos, newBehaviour);
    }

    @Override
    public String toString() {
        return "%s c%d size=%d%s%s"
                .formatted(
                        action,
                        channel,
                        size,
                        nanos < 0 ? " untimed" : " " + nanos + "ns",
                        behaviour.style() == Behaviour.Style.NONE ? "" : " callback=" + behaviour);
    }
}
