/** The SPI for engine authors. */
@NullMarked
package org.dmaengine.spi;

import org.jspecify.annotations.NullMarked;
