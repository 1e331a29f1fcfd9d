import { type CST, type Document, isNode, Lexer, LineCounter, Parser, parseAllDocuments, parseDocument } from 'yaml';
import { IpamError } from './errors.ts';
import { isTooDeep, nestingLimit } from './nesting.ts';

/**
 * Its warnings would go to standard error past the log; what they are about, a schema refuses. Only the first
 * error is shown, and making all of them readable takes seconds when there are thousands.
 */
const options = { logLevel: 'error', prettyErrors: false } as const;

/** The library compares each key of a mapping with all others of it: ten thousand take a second. */
const keyLimit = 1_000;

/**
 * The value of a text that is one YAML document; undefined or null when it is empty.
 * @throws IpamError invalid-config
 */
export function yamlValue(text: string, subject: string): unknown {
  requireModest(text, subject);
  const lines = new LineCounter();
  return contentOf(parseDocument(text, { ...options, lineCounter: lines }), lines, subject);
}

export interface YamlPart {
  /** For errors: the text's name and the document's number. */
  readonly subject: string;
  readonly value: unknown;
  /** Line of the text, from 1, at which the value that a path leads to begins, or the nearest around it that is there. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/** The values of all documents of a YAML text, empty ones left out. @throws IpamError invalid-config */
export function yamlValues(text: string, source: string): readonly YamlPart[] {
  requireModest(text, source);
  const lines = new LineCounter();
  return parseAllDocuments(text, { ...options, lineCounter: lines })
    .map((document, index) => {
      const subject = `${source}: document ${index + 1}`;
      const value = contentOf(document, lines, subject);
      return { subject, value, lineOf: (path: readonly PropertyKey[]) => lineOf(document, lines, path) };
    })
    .filter(({ value }) => value !== null && value !== undefined);
}

/** An alias is where it stands, not where it leads. */
function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return lines.linePos(document.contents?.range[0] ?? document.range[0]).line;
}

/** Aliases are resolved here, and the library throws for those that lead nowhere or grow without end. */
function contentOf(document: Document.Parsed, lines: LineCounter, subject: string): unknown {
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new IpamError('invalid-config', `${subject}: line ${line}, column ${col}: ${problem.message}`);
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    throw new IpamError('invalid-config', `${subject}: ${(error as Error).message}`);
  }
  if (isTooDeep(value)) throw tooDeep(subject);
  return value;
}

/** Before the library builds a document, which is recursive: its overflow can end the daemon. */
function requireModest(text: string, subject: string): void {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _part of parser.next(lexeme)) {
      // What it makes is not wanted, only how deep it is in.
    }
    if (parser.stack.length > nestingLimit) throw tooDeep(subject);
    if (keysOf(parser.stack.at(-1)) > keyLimit) {
      throw new IpamError('invalid-config', `${subject}: a mapping has more than ${keyLimit} keys`);
    }
  }
}

function keysOf(token: CST.Token | undefined): number {
  if (token?.type === 'block-map') return token.items.length;
  return token?.type === 'flow-collection' && token.start.source === '{' ? token.items.length : 0;
}

function tooDeep(subject: string): IpamError {
  return new IpamError('invalid-config', `${subject}: nested more than ${nestingLimit} levels deep`);
}
