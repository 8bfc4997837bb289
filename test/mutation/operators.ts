import ts from 'typescript';

/** One change of a compiled module: the text from `start` to `end` becomes `replacement`. */
export interface Mutation {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

type Found = Omit<Mutation, 'start' | 'end'> & { readonly of?: ts.Node };
type Operator = (node: ts.Node, source: ts.SourceFile) => readonly Found[];

const Kind = ts.SyntaxKind;

/** Calls that are not mutated, because tests need not notice them: logging, and assertions about unreachable code. */
const UNHEARD = /^(this\.)?#?\w*[lL]og(ger)?\.(debug|info|warn|error|fatal)$|^assertNever$/;

const SWAPPED = new Map<ts.SyntaxKind, readonly [operator: string, replacement: string]>([
  [Kind.LessThanToken, ['bound', '<=']],
  [Kind.LessThanEqualsToken, ['bound', '<']],
  [Kind.GreaterThanToken, ['bound', '>=']],
  [Kind.GreaterThanEqualsToken, ['bound', '>']],
  [Kind.EqualsEqualsEqualsToken, ['equality', '!==']],
  [Kind.ExclamationEqualsEqualsToken, ['equality', '===']],
  [Kind.AmpersandAmpersandToken, ['logic', '||']],
  [Kind.BarBarToken, ['logic', '&&']],
  [Kind.QuestionQuestionToken, ['default', '&&']],
  [Kind.PlusToken, ['arithmetic', '-']],
  [Kind.MinusToken, ['arithmetic', '+']],
  [Kind.AsteriskToken, ['arithmetic', '/']],
  [Kind.SlashToken, ['arithmetic', '*']],
  [Kind.PercentToken, ['arithmetic', '*']],
  [Kind.PlusEqualsToken, ['arithmetic', '-=']],
  [Kind.MinusEqualsToken, ['arithmetic', '+=']],
]);

const OTHER_METHOD: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  ceil: 'floor',
  floor: 'ceil',
};
/** `a.filter(b)` becomes `a`. */
const LEFT_OUT = new Set([
  'filter',
  'sort',
  'toSorted',
  'slice',
  'reverse',
  'toReversed',
  'trim',
  'toLowerCase',
]);

const OPERATORS: readonly Operator[] = [condition, binary, unary, call, optional, literal, removed, returned];

/** Returns all mutations of a module, sorted by place. */
export function mutationsOf(text: string): Mutation[] {
  const source = ts.createSourceFile('module.js', text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.JS);
  const found: Mutation[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isCallExpression(node) && UNHEARD.test(node.expression.getText(source))) return;
    if (ts.isNewExpression(node) && node.expression.getText(source) === 'Error') return;
    for (const { of = node, operator, replacement } of OPERATORS.flatMap((each) => each(node, source))) {
      found.push({ operator, start: of.getStart(source), end: of.getEnd(), replacement });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.sort((one, other) => one.start - other.start || one.end - other.end);
}

function condition(node: ts.Node, source: ts.SourceFile): readonly Found[] {
  const negated = (of: ts.Expression): Found => ({
    operator: 'condition',
    of,
    replacement: `!(${of.getText(source)})`,
  });
  if (ts.isIfStatement(node))
    return [
      negated(node.expression),
      ...(node.elseStatement === undefined
        ? [{ operator: 'guard', of: node.expression, replacement: 'false' }]
        : []),
    ];
  if (ts.isConditionalExpression(node)) return [negated(node.condition)];
  if (ts.isWhileStatement(node) || ts.isDoStatement(node)) return [negated(node.expression)];
  return [];
}

function binary(node: ts.Node, source: ts.SourceFile): readonly Found[] {
  if (!ts.isBinaryExpression(node)) return [];
  const swap = SWAPPED.get(node.operatorToken.kind);
  if (
    swap === undefined ||
    (node.operatorToken.kind === Kind.PlusToken && [node.left, node.right].some(isText))
  )
    return [];
  const [left, right] = [node.left.getText(source), node.right.getText(source)];
  const assigns =
    node.operatorToken.kind === Kind.PlusEqualsToken || node.operatorToken.kind === Kind.MinusEqualsToken;
  if (assigns && isText(node.right)) return [];
  return [
    {
      operator: swap[0],
      replacement: assigns ? `${left} ${swap[1]} ${right}` : `((${left}) ${swap[1]} (${right}))`,
    },
  ];
}

function unary(node: ts.Node, source: ts.SourceFile): readonly Found[] {
  if (!ts.isPrefixUnaryExpression(node) && !ts.isPostfixUnaryExpression(node)) return [];
  const operand = node.operand.getText(source);
  if (node.operator === Kind.ExclamationToken) return [{ operator: 'negation', replacement: `!!${operand}` }];
  if (node.operator === Kind.MinusToken && !ts.isNumericLiteral(node.operand))
    return [{ operator: 'arithmetic', replacement: `+${operand}` }];
  if (node.operator === Kind.PlusPlusToken) return [{ operator: 'arithmetic', replacement: `${operand}--` }];
  if (node.operator === Kind.MinusMinusToken)
    return [{ operator: 'arithmetic', replacement: `${operand}++` }];
  return [];
}

function call(node: ts.Node, source: ts.SourceFile): readonly Found[] {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { name, expression } = node.expression;
  const other = Object.hasOwn(OTHER_METHOD, name.text) ? OTHER_METHOD[name.text] : undefined;
  if (other !== undefined && node.arguments.length > 0)
    return [{ operator: 'method', of: name, replacement: other }];
  return LEFT_OUT.has(name.text) ? [{ operator: 'method', replacement: expression.getText(source) }] : [];
}

function optional(node: ts.Node): readonly Found[] {
  return ts.isPropertyAccessExpression(node) && node.questionDotToken !== undefined
    ? [{ operator: 'optional', of: node.questionDotToken, replacement: '.' }]
    : [];
}

function literal(node: ts.Node): readonly Found[] {
  if (node.kind === Kind.TrueKeyword) return [{ operator: 'boolean', replacement: 'false' }];
  if (node.kind === Kind.FalseKeyword) return [{ operator: 'boolean', replacement: 'true' }];
  if (ts.isArrayLiteralExpression(node) && node.elements.length > 0)
    return [{ operator: 'emptied', replacement: '[]' }];
  if (!insideFunction(node)) return [];
  if (ts.isNumericLiteral(node) && Number(node.text) <= 2)
    return [{ operator: 'one more', replacement: String(Number(node.text) + 1) }];
  if (isText(node) && !isKey(node) && !(ts.isStringLiteralLike(node) && node.text === ''))
    return [{ operator: 'emptied', replacement: "''" }];
  return [];
}

/** Removes a statement that runs for its side effect. */
function removed(node: ts.Node): readonly Found[] {
  if (!ts.isExpressionStatement(node) || !insideFunction(node)) return [];
  const bare =
    ts.isAwaitExpression(node.expression) || ts.isVoidExpression(node.expression)
      ? node.expression.expression
      : node.expression;
  if (ts.isCallExpression(bare)) {
    const callee = bare.expression;
    // A subclass constructor must call super, and log calls are not tested.
    if (callee.kind === Kind.SuperKeyword || UNHEARD.test(callee.getText())) return [];
  } else if (!ts.isBinaryExpression(bare) && !ts.isDeleteExpression(bare)) return [];
  return [{ operator: 'removed', replacement: ';' }];
}

function returned(node: ts.Node): readonly Found[] {
  const value = ts.isReturnStatement(node)
    ? node.expression
    : ts.isArrowFunction(node) && !ts.isBlock(node.body)
      ? node.body
      : undefined;
  if (
    value === undefined ||
    value.kind === Kind.TrueKeyword ||
    value.kind === Kind.FalseKeyword ||
    value.getText() === 'undefined'
  )
    return [];
  if (ts.isCallExpression(value) && UNHEARD.test(value.expression.getText())) return [];
  return [{ operator: 'returned', of: value, replacement: 'undefined' }];
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** Whether the node is a property name or the text of a tagged template. */
function isKey(node: ts.Node): boolean {
  return (
    (ts.isPropertyAssignment(node.parent) && node.parent.name === node) ||
    ts.isTaggedTemplateExpression(node.parent)
  );
}

function insideFunction(node: ts.Node): boolean {
  for (let each = node.parent as ts.Node | undefined; each !== undefined; each = each.parent)
    if (ts.isFunctionLike(each)) return true;
  return false;
}
