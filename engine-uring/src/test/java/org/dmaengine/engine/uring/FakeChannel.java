package org.dmaengine.engine.uring;

/** A client's channel that stands for a descriptor of the fake kernel. */
interface FakeChannel {
    int number();
}
