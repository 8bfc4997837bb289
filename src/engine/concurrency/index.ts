export { CallPool } from './call-pool.js';
