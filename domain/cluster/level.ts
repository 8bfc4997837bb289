/**
 * Highest level of events that this program can read; a log whose level was never raised is at 1. A release that adds
 * events which older servers must not skip writes them only after an operator has raised the level (`muster cluster
 * raise-level`), once all servers are upgraded.
 */
export const CLUSTER_LEVEL = 1;
