/**
 * The harness: suites of cases, each measured beside its peers, turn by turn. What a suite needs to
 * know is in {@link Suite}, {@link Case}, {@link Contestant} and {@link PeerProcess}.
 */
@NullMarked
package org.dmaengine.bench;

import org.jspecify.annotations.NullMarked;
