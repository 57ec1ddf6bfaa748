/** Makes a centre of the size of a real one and measures a Farga of its own on it. */
@org.jspecify.annotations.NullMarked
package org.farga.bench;
