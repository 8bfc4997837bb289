/**
 * Highest level of events that this program can read. A log whose level was never raised is at level 1. New events that older servers must not skip
 * are written only after all servers have been upgraded and an operator has raised the level (`muster cluster raise-level`).
 */
export const CLUSTER_LEVEL = 1;
