/** Linux io_uring through {@code java.lang.foreign}: files, pipes and sockets. */
@NullMarked
package org.dmaengine.engine.uring;

import org.jspecify.annotations.NullMarked;
