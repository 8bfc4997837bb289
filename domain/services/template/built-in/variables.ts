import type { TemplateVariable } from '../variable.js';

export function chosen(name: string, description: string, preset: string): TemplateVariable {
  return { name, type: 'string', description, default: preset };
}

/**
 * Marks a variable that the program reads only while its volume is empty. `change`: how to change the value in the program itself. `rotate`: the
 * command that does so.
 */
export function initial(
  variable: TemplateVariable,
  change?: string,
  rotate?: TemplateVariable['rotate'],
): TemplateVariable {
  return {
    ...variable,
    initial: true,
    ...(change !== undefined && { change }),
    ...(rotate !== undefined && { rotate }),
  };
}

export function password(name: string, description: string): TemplateVariable {
  return { name, type: 'string', description, generate: 'password', secret: true };
}
