export { Bell } from './bell.js';
export { BoundedCalls, type CallBounds } from './bounded-calls.js';
