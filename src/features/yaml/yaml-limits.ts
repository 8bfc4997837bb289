export interface YamlLimits {
  readonly lines: number;
  readonly lineLength: number;
  readonly indent: number;
  readonly brackets: number;
}

/** Maximum number of collections, tags and anchors that may start on one line. */
const MAX_OPENED = 4;

/**
 * Returns why a text is too complex to parse in the main thread, or undefined if it is not. The parser takes seconds for some texts of 64 kB and
 * crashes at 32,000 brackets, because it recurses and scans back at each level. This check only counts characters, including characters in quotes and
 * comments.
 */
export function tooIntricate(text: string, limits: YamlLimits): YamlProblem | undefined {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.length > limits.lines)
    return { line: limits.lines + 1, problem: `has more than ${limits.lines} lines` };
  let brackets = 0;
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    const refuse = (problem: string): YamlProblem => ({ line, problem });
    if (content.length > limits.lineLength)
      return refuse(`line ${line} has more than ${limits.lineLength} characters`);
    const rest = content.trimStart();
    if (content.length - rest.length > limits.indent)
      return refuse(`line ${line} is indented by more than ${limits.indent} characters`);
    brackets += count(rest, '[') + count(rest, '{');
    if (brackets > limits.brackets) return refuse(`has more than ${limits.brackets} brackets`);
    if (
      rest.split(/\s+/, MAX_OPENED + 1).every((word) => /^[-?:]$|^[&!*]/.test(word)) &&
      rest.split(/\s+/).length > MAX_OPENED
    )
      return refuse(`line ${line} opens too many nested values`);
  }
  return undefined;
}

export interface YamlProblem {
  readonly line: number;
  readonly problem: string;
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1;
}
