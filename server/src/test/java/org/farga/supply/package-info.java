/** What Farga is made of that others wrote, and whether any of it is known to be vulnerable. */
@NullMarked
package org.farga.supply;

import org.jspecify.annotations.NullMarked;
