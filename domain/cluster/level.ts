/**
 * The newest level of events that this program knows; a log on which no level was raised is at 1. A release whose events an older one must
 * never see next to its own writes them only from its level on, which an operator raises once every server is new (`muster cluster raise-level`).
 */
export const CLUSTER_LEVEL = 1;
