/** The suite {@code terminate}: how soon a buffer is free. */
@NullMarked
package org.dmaengine.bench.terminate;

import org.jspecify.annotations.NullMarked;
