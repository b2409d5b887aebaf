package org.dmaengine;

/**
 * A call that may have to wait was made inside a callback, where it could wait for itself (C10;
 * kernel: {@code dmaengine_synchronize} must not be called from a complete callback). Nothing was
 * changed.
 */
public final class CallbackContextException extends DmaException {
    private static final long serialVersionUID = 1;

    CallbackContextException(String call) {
        super(
                call
                        + " may wait and was called inside a callback, where it could wait for"
                        + " itself; call terminateAsync() here and "
                        + call
                        + " from another thread");
    }
}
