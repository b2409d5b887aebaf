@NullMarked
package org.dmaengine.spi;

import org.jspecify.annotations.NullMarked;
