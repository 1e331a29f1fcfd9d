import { formatJson } from '../resources/json-text.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** A step from a value to those in it. */
type Step = (value: unknown) => readonly unknown[];

type Part =
  | { readonly text: string }
  | { readonly path: readonly Step[] }
  | { readonly path: readonly Step[]; readonly each: readonly Part[] };

/**
 * What kubectl's `-o jsonpath=TEMPLATE` prints of data: text as it stands, `{.a.b[0]}` the value there, `{"\n"}` a text with
 * escapes, `{range .items[*]}…{end}` its inside for each. Several values are parted by a space; what is not there is nothing.
 * Steps: `.name`, `['name']`, `[0]`, `[-1]`, `[1:3]`, `[*]`, `.*`, `[?(@.name=="x")]` with == != < <= > >=.
 * @throws CliError usage
 */
export function printByPath(template: string, data: unknown): string {
  return textOf(parse(template), data);
}

function textOf(parts: readonly Part[], value: unknown): string {
  return parts
    .map((part) => {
      if ('text' in part) return part.text;
      const found = follow(part.path, value);
      if ('each' in part) return found.map((one) => textOf(part.each, one)).join('');
      return found.map((one) => (typeof one === 'string' ? one : formatJson(one))).join(' ');
    })
    .join('');
}

function follow(path: readonly Step[], value: unknown): readonly unknown[] {
  return path.reduce<readonly unknown[]>((values, step) => values.flatMap(step), [value]).filter((one) => one != null);
}

/** `{…}`, in which a quoted text may have braces. */
const token = /\{((?:"(?:\\.|[^"\\])*"|'[^']*'|[^{}"'])*)\}|[^{]+/gy;

function parse(template: string): readonly Part[] {
  const open: { readonly path: readonly Step[]; readonly parts: Part[] }[] = [{ path: [], parts: [] }];
  const add = (part: Part): void => void open.at(-1)?.parts.push(part);
  let at = 0;
  while (at < template.length) {
    token.lastIndex = at;
    const [all = '', inside] = token.exec(template) ?? [];
    if (all === '') throw wrong(template, 'a brace is not closed');
    at += all.length;
    const said = inside?.trim();
    if (said === undefined) add({ text: all });
    else if (/^["']/.test(said)) add({ text: unquoted(said, template) });
    else if (said === 'end') {
      const [inner, outer] = [open.pop(), open.at(-1)];
      if (inner === undefined || outer === undefined) throw wrong(template, '{end} without {range}');
      outer.parts.push({ path: inner.path, each: inner.parts });
    } else if (said.startsWith('range ')) open.push({ path: pathOf(said.slice(6).trim(), template), parts: [] });
    else add({ path: pathOf(said, template) });
  }
  const [whole, ...more] = open;
  if (whole === undefined || more.length > 0) throw wrong(template, '{range} without {end}');
  return whole.parts;
}

const steps: readonly (readonly [RegExp, (match: RegExpExecArray, template: string) => Step])[] = [
  [/^(?:\.\*|\[\*\])/, () => valuesOf],
  [/^\.((?:\\.|[\w/-])+)/, ([, name = '']) => member(name.replaceAll(/\\(.)/g, '$1'))],
  [/^\[\s*(?:'([^']*)'|"([^"]*)")\s*\]/, ([, one, other]) => member((one ?? other ?? '').replaceAll(/\\(.)/g, '$1'))],
  [
    /^\[\s*(-?\d+)\s*\]/,
    ([, index]) =>
      (value) =>
        Array.isArray(value) ? [value.at(Number(index))] : [],
  ],
  [/^\[\s*(-?\d*)\s*:\s*(-?\d*)\s*\]/, ([, from, to]) => slice(from ?? '', to ?? '')],
  [/^\[\?\(\s*@(.*?)\s*(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|[\w.+-]+)\s*\)\]/, condition],
];

function pathOf(text: string, template: string): readonly Step[] {
  let rest = text.replace(/^[$@]/, '').replace(/^(?=\w)/, '.');
  const path: Step[] = [];
  while (rest !== '' && rest !== '.') {
    const found = steps.flatMap(([pattern, make]) => {
      const match = pattern.exec(rest);
      return match === null ? [] : [{ length: match[0].length, step: make(match, template) }];
    })[0];
    if (found === undefined) throw wrong(template, `"${rest}" is no step of a path`);
    path.push(found.step);
    rest = rest.slice(found.length);
  }
  return path;
}

function valuesOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function member(name: string): Step {
  return (value) =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? [(value as Readonly<Record<string, unknown>>)[name]]
      : [];
}

function slice(from: string, to: string): Step {
  const bound = (text: string): number | undefined => (text === '' ? undefined : Number(text));
  return (value) => (Array.isArray(value) ? value.slice(bound(from), bound(to)) : []);
}

function condition([, path = '', operator = '', literal = '']: RegExpExecArray, template: string): Step {
  const inner = pathOf(path, template);
  const wanted = /^["']/.test(literal) ? literal.slice(1, -1) : literal;
  const holds = (value: unknown): boolean => {
    const text = typeof value === 'string' ? value : formatJson(value);
    if (operator === '==') return text === wanted;
    if (operator === '!=') return text !== wanted;
    const [one, other] = [Number(text), Number(wanted)];
    return { '<': one < other, '<=': one <= other, '>': one > other, '>=': one >= other }[operator] ?? false;
  };
  return (value) => valuesOf(value).filter((one) => follow(inner, one).some(holds));
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unquoted(text: string, template: string): string {
  if (text.length < 2 || text.at(-1) !== text[0]) throw wrong(template, `${text} has no end`);
  return text.slice(1, -1).replaceAll(/\\(.)/g, (_all, sign: string) => escapes[sign] ?? sign);
}

function wrong(template: string, why: string): CliError {
  return new CliError(`-o jsonpath=${template}: ${why}`, {
    code: 'usage',
    advice: `for example -o jsonpath='{range [*]}{.name}{"\\n"}{end}' of pools`,
    exit: exitCodes.usage,
  });
}
