export * from './pattern.js';
export * from './slots.js';
export * from './zone.js';
