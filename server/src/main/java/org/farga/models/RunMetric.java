package org.farga.models;

/** A metric of a run, as its values have it so far. */
record RunMetric(String name, int points, long lastStep, double lastValue, double least, double most) {}
