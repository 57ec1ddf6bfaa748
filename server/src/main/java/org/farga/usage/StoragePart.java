package org.farga.usage;

/**
 * What an owner kept in one of the intervals that a report is cut into.
 *
 * @param interval its number, from 0
 */
record StoragePart(StoredBytes.Kind kind, StoredBytes.Owner owner, int interval, TerabyteHours kept) {}
