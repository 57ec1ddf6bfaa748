/**
 * The {@code farga} command: what an engineer does with Farga from a terminal or a script, through the public API only.
 * It has to feel native, so it loads little: no framework, only the commands that were asked for, and the HTTP client of
 * the JDK that starts quickest.
 */
@NullMarked
package org.farga.cli;

import org.jspecify.annotations.NullMarked;
