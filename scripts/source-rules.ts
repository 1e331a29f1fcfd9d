import { dirname, join, normalize } from 'node:path';
import { rooms } from './rooms.ts';

const impure = [
  // A digest and a packed text are functions of their input alone; everything else of Node.js reaches outside.
  /^(?!import \{ (?:createHash \} from 'node:crypto|constants, zstdCompressSync, zstdDecompressSync \} from 'node:zlib)';$).*from 'node:/,
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bperformance\.now\b/,
  /\bMath\.random\b/,
  /\bprocess\./,
  /\bset(?:Timeout|Interval|Immediate)\b/,
  /\bcrypto\./,
  /\bawait import\(/,
];

const longestFile = 400;
const importedFrom = /from '(\.[^']+)'/;

/** Only these ask whether a pool has blocks: the sources of addresses, and what chooses between them. */
const sourcesOfAddresses =
  /^src\/daemon\/allocation\/(?:address-sources|block-leases|leased-source|shared-claims|shared-source)\.ts$/;

function isForTests(file: string): boolean {
  return file.endsWith('.test.ts') || file.includes('/testing/') || file.endsWith('conformance.ts');
}

/** Every break of the rules in one file, as `file:line: rule`. Tests may reach where they like. */
export function sourceProblems(file: string, text: string): string[] {
  const lines = text.split('\n');
  const isTest = isForTests(file);
  const problems =
    lines.length > longestFile && !isTest
      ? [`${file}:${longestFile}: more than ${longestFile} lines: look for the second concept`]
      : [];
  const [top, room = ''] = file.split('/');
  if (top !== 'src' || isTest) return problems;
  for (const [index, line] of lines.entries()) {
    const at = `${file}:${index + 1}`;
    const target = importedFrom.exec(line)?.[1];
    if (target !== undefined) problems.push(...importProblems(at, file, room, target));
    if (room === 'daemon' && /blockSize [!=]== undefined/.test(line) && !sourcesOfAddresses.test(file))
      problems.push(
        `${at}: ask the source of addresses (src/ipam/claim/address-source.ts), not whether a pool has blocks`,
      );
    if (/^import (?!type ).* from 'node:http';/.test(line))
      problems.push(`${at}: take http from src/platform/node-http.ts, and types alone from node:http`);
    if (rooms[room]?.isPure !== true || line.trimStart().startsWith('*') || line.trimStart().startsWith('//')) continue;
    const found = impure.find((pattern) => pattern.test(line));
    if (found !== undefined) problems.push(`${at}: ${room} is pure, and this line reaches outside (${found.source})`);
  }
  return problems;
}

function importProblems(at: string, file: string, room: string, target: string): string[] {
  const [top, other = ''] = normalize(join(dirname(file), target)).split('/');
  if (top !== 'src' || other === room) return [];
  const allowed = rooms[room]?.mayImport;
  if (allowed === undefined) return [`${at}: "${room}" is no room of the house`];
  return allowed.includes(other) ? [] : [`${at}: ${room} may not import from ${other}`];
}

/** The lock file names no registry's host, so that it works with any mirror. */
export function lockProblems(text: string): string[] {
  return text.includes('"resolved": "http') ? ['package-lock.json: names a registry host; see .npmrc'] : [];
}

/** What no file may break, but all together can: permissions that nobody needs, and circles of imports. Tests do not count. */
export function houseProblems(files: ReadonlyMap<string, string>): string[] {
  const imports = new Map<string, readonly string[]>();
  for (const [file, text] of files) {
    if (file.startsWith('src/') && !isForTests(file)) imports.set(file, importsOf(file, text));
  }
  return [...unusedPermissions(imports), ...circles(imports)];
}

function importsOf(file: string, text: string): readonly string[] {
  const targets = text.matchAll(new RegExp(importedFrom, 'g'));
  return [...targets].map(([, target = '']) => normalize(join(dirname(file), target)));
}

function unusedPermissions(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const used = new Set<string>();
  for (const [file, targets] of imports) {
    for (const target of targets) used.add(`${file.split('/')[1]} ${target.split('/')[1]}`);
  }
  return Object.entries(rooms).flatMap(([room, { mayImport }]) =>
    mayImport
      .filter((other) => !used.has(`${room} ${other}`))
      .map((other) => `scripts/rooms.ts: ${room} may import from ${other}, and does not`),
  );
}

/** Each circle once, by the file of it that is met first. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push(`${file}: a circle of imports: ${[...path.slice(at), file].join(' > ')}`);
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    for (const target of imports.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) visit(file);
  return found;
}
