export * from './codec.js';
export * from './decider.js';
export * from './definition.js';
export * from './metadata.js';
export * from './published.js';
export * from './recorded.js';
export * from './registry.js';
export * from './stream-name.js';
