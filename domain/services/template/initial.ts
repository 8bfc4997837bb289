import { BUILT_IN_TEMPLATES } from './built-in/index.js';
import type { ServiceTemplateContent } from './content.js';
import type { TemplateVariable } from './variable.js';

/**
 * Returns the variables that the program of a template reads only while its volume is empty. Versions that were made before templates had this mark
 * have it for variables of built-in templates, too.
 */
export function initialVariables({
  name,
  variables,
}: Pick<ServiceTemplateContent, 'name' | 'variables'>): TemplateVariable[] {
  const builtIn = BUILT_IN_TEMPLATES.find((each) => each.name === name)?.variables ?? [];
  return variables.flatMap((variable) =>
    variable.initial === true
      ? [variable]
      : builtIn.filter((each) => each.name === variable.name && each.initial === true),
  );
}
