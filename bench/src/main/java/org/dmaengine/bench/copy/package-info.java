/** Large copies through engine {@code cpu}, beside the ways in which C copies. */
@NullMarked
package org.dmaengine.bench.copy;

import org.jspecify.annotations.NullMarked;
