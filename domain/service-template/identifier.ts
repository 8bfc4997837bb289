import { z } from 'zod';
import { UuidNamespace } from '../name-uuid.js';

const NAMES = new UuidNamespace('6e0b5a1c-3f4d-5c8e-9b27-0d9a4c7e1f52');

/** What a template is called: it has no dot, so that the names of its job files say whose they are. */
export const templateName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must match [a-z0-9][a-z0-9-]{0,62}');

/** The template of a name: no two have one name, and a built-in one has the same id everywhere. */
export function templateIdOf(name: string): string {
  return NAMES.of(name);
}

const JOB_FILE = /^([a-z0-9][a-z0-9-]{0,62})\.[A-Za-z0-9][A-Za-z0-9.-]{0,30}$/;

/** The name of a stored job file: `<template>.<anything>`, such as `postgresql.nomad`. */
export const jobFileName = z.string().regex(JOB_FILE, 'must be the template’s name, a dot, and letters, digits, "." or "-"');

/** The name of the template whose job file is named so; undefined where it is no such name, but perhaps a text. */
export function templateOfJobFile(name: string): string | undefined {
  return JOB_FILE.exec(name)?.[1];
}
