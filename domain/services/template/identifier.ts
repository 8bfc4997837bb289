import { z } from 'zod';
import { UuidNamespace } from '../../kernel/name-uuid.js';

const NAMES = new UuidNamespace('6e0b5a1c-3f4d-5c8e-9b27-0d9a4c7e1f52');

/** Template names contain no dots, so that a job file's name identifies its template. */
export const templateName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must match [a-z0-9][a-z0-9-]{0,62}');

/** Derives the id from the name, so that names are unique and built-in templates have the same id everywhere. */
export function templateIdOf(name: string): string {
  return NAMES.of(name);
}

const JOB_FILE = /^([a-z0-9][a-z0-9-]{0,62})\.[A-Za-z0-9][A-Za-z0-9.-]{0,30}$/;

/** `<template>.<anything>`, such as `postgresql.nomad`. */
export const jobFileName = z
  .string()
  .regex(JOB_FILE, 'must be the template’s name, a dot, and letters, digits, "." or "-"');

/** Returns undefined if the argument is not the name of a job file. It may then be the text of a job file. */
export function templateOfJobFile(name: string): string | undefined {
  return JOB_FILE.exec(name)?.[1];
}
