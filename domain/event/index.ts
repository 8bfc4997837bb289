export * from '../event-types/codec.js';
export * from './decider.js';
export * from './definition.js';
export * from './metadata.js';
export * from '../event-types/published.js';
export * from './recorded.js';
export * from '../event-types/registry.js';
export * from './stream-name.js';
