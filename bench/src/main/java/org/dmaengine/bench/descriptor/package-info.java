/** The suite {@code descriptor}: what a small copy costs on its way through a queue. */
@NullMarked
package org.dmaengine.bench.descriptor;

import org.jspecify.annotations.NullMarked;
