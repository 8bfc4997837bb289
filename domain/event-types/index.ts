export * from './categories.js';
export * from './codec.js';
export * from './errors.js';
export * from './published.js';
export * from './registry.js';
export * from './ownership.js';
export { causesOf, referenceText, type Reference } from './causes.js';
