/** The suite {@code channels}: what many channels cost. */
@NullMarked
package org.dmaengine.bench.channels;

import org.jspecify.annotations.NullMarked;
