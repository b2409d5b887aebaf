@NullMarked
package org.dmaengine;

import org.jspecify.annotations.NullMarked;
