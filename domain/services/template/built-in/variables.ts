import type { TemplateVariable } from '../variable.js';

export function chosen(name: string, description: string, preset: string): TemplateVariable {
  return { name, type: 'string', description, default: preset };
}

export function password(name: string, description: string): TemplateVariable {
  return { name, type: 'string', description, generate: 'password', secret: true };
}
