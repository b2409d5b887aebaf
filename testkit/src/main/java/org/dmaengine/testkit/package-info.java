/**
 * The contract suite that every engine passes, and its data patterns.
 *
 * <p>An engine's author writes one subclass of {@link org.dmaengine.testkit.EngineContract}. The
 * pieces it is made of serve other tests as well: {@link org.dmaengine.testkit.DmaPattern}, bytes
 * that say what went wrong; {@link org.dmaengine.testkit.GuardedBuffer}, a target between guards;
 * {@link org.dmaengine.testkit.LateWriteDetector}, which watches memory that was reported free;
 * {@link org.dmaengine.testkit.TestBench}, which opens all of that, bounds every wait and cleans
 * up.
 */
@NullMarked
package org.dmaengine.testkit;

import org.jspecify.annotations.NullMarked;
