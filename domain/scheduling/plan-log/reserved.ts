/** In `exhausted` of a blocked reason: nodes that fit, but are reserved for a job that has waited longer or has a higher priority. */
export const RESERVED = 'reserved for earlier work';
