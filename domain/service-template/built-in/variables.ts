import type { TemplateVariable } from '../variable.js';

/** A name of one's own choosing, with what it is when nobody chooses. */
export function chosen(name: string, description: string, preset: string): TemplateVariable {
  return { name, type: 'string', description, default: preset };
}

/** A password that is made where none is given. */
export function password(name: string, description: string): TemplateVariable {
  return { name, type: 'string', description, generate: 'password', secret: true };
}
