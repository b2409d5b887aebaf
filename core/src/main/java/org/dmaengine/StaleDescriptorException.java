package org.dmaengine;

/**
 * The descriptor was prepared before the channel was terminated, and belongs to a closed generation
 * (C15). Prepare a new one; a reusable one can be taken over with {@link Descriptor#rearm}.
 */
public final class StaleDescriptorException extends DmaException {
    private static final long serialVersionUID = 1;

    StaleDescriptorException(String channel, boolean reusable) {
        super(
                "the descriptor was prepared before channel '"
                        + channel
                        + "' was terminated; "
                        + (reusable ? "call rearm() first" : "prepare a new one"));
    }
}
