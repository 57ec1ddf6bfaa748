package org.farga.models;

import org.farga.shared.ModelId;

/** Under which name and number a run was registered. */
record Registered(ModelId model, String name, int number) {}
