export * from './assert-never.js';
export * from './declared.js';
export * from './deepest-issue.js';
export * from './describe-issue.js';
export { issueProblem, optionsOf } from './issue-words.js';
export * from './muster-error.js';
export * from './table.js';
