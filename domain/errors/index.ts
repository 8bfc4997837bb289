export * from './assert-never.js';
export * from './muster-error.js';
export * from './table.js';
