import { Document, visit } from 'yaml';
import { printableLines, UNSAFE } from './output.js';

/** Returns YAML whose strings cannot control the terminal. */
export function yamlText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, scalar) => {
      // Only strings in double quotes can have escapes.
      if (typeof scalar.value === 'string' && printableLines(scalar.value) !== scalar.value)
        scalar.type = 'QUOTE_DOUBLE';
    },
  });
  return document
    .toString({ lineWidth: 0 })
    .replace(UNSAFE, (character) =>
      character === '\n' || character === '\t'
        ? character
        : `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
    );
}
