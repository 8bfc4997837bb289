export * from './day.js';
export * from './pattern.js';
export * from './slots.js';
export * from './zone.js';
export { ZONE_DATA_VERSION, ZONES } from './generated/zone-data.js';
