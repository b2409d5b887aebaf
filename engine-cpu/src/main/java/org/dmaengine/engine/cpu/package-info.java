/** The reference engine: portable, plain, and the one to copy. */
@NullMarked
package org.dmaengine.engine.cpu;

import org.jspecify.annotations.NullMarked;
