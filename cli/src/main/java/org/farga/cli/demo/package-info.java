/**
 * The demo: a startup's way from sign-up to a trained model, played through the public API with every step checked. It is
 * what a newcomer sees first, and what the tests play while Farga is killed.
 */
@NullMarked
package org.farga.cli.demo;

import org.jspecify.annotations.NullMarked;
