/** Names in any script have no NUL: it would end them early for whatever reads them as C does. */
export const PLAIN_NAME = /^[^\u0000]*$/;
export const PLAIN_NAME_RULE = 'must not contain NUL';
