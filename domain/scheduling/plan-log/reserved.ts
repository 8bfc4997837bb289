export const RESERVED = 'reserved for earlier work';
