/** Files through the engines and by {@code dmaengine copy}, beside what else moves files. */
@NullMarked
package org.dmaengine.bench.file;

import org.jspecify.annotations.NullMarked;
