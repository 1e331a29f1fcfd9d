import { dirname, join, normalize } from 'node:path';

/** The rooms of src/, each with those it may import from. Imports go one way only. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  ip: [],
  allocator: ['ip'],
  resources: ['ip'],
  platform: ['resources'],
  telemetry: ['members', 'ipam'],
  tls: ['resources', 'telemetry'],
  store: ['resources', 'platform', 'telemetry', 'tls'],
  ipam: ['ip', 'allocator', 'resources', 'store'],
  dialects: ['ip', 'resources', 'ipam'],
  config: ['ip', 'resources', 'ipam', 'tls'],
  members: ['resources', 'store', 'telemetry', 'tls', 'config'],
  cni: ['ip', 'resources', 'ipam', 'dialects', 'telemetry'],
  daemon: ['ip', 'allocator', 'resources', 'platform', 'store', 'ipam', 'dialects', 'telemetry', 'config'],
  api: ['ip', 'resources', 'platform', 'store', 'members', 'ipam', 'cni', 'telemetry', 'daemon', 'tls', 'config'],
  controller: ['ip', 'resources', 'platform', 'store', 'ipam', 'telemetry', 'api', 'tls'],
  migrate: ['ip', 'resources', 'platform', 'store', 'ipam', 'cni', 'daemon', 'api', 'tls'],
  cli: ['resources', 'members', 'api', 'tls', 'migrate'],
  main: [
    'ip',
    'resources',
    'platform',
    'store',
    'members',
    'ipam',
    'cni',
    'daemon',
    'controller',
    'api',
    'cli',
    'telemetry',
    'tls',
    'config',
  ],
};

/** Rooms that decide and do nothing else: time, chance and the world are passed in. */
const pureRooms = new Set(['ip', 'allocator', 'resources', 'ipam', 'dialects']);

const impure = [
  // A digest is a function of its input alone; everything else of Node.js reaches outside.
  /^(?!import \{ createHash \} from 'node:crypto';$).*from 'node:/,
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

/** Every break of the rules in one file, as `file:line: rule`. Tests may reach where they like. */
export function sourceProblems(file: string, text: string): string[] {
  const lines = text.split('\n');
  const isTest = file.endsWith('.test.ts') || file.includes('/testing/') || file.endsWith('conformance.ts');
  const problems =
    lines.length > longestFile && !isTest
      ? [`${file}:${longestFile}: more than ${longestFile} lines: look for the second concept`]
      : [];
  const [top, room = ''] = file.split('/');
  if (top !== 'src' || isTest) return problems;
  for (const [index, line] of lines.entries()) {
    const at = `${file}:${index + 1}`;
    const target = /from '(\.[^']+)'/.exec(line)?.[1];
    if (target !== undefined) problems.push(...importProblems(at, file, room, target));
    if (!pureRooms.has(room) || line.trimStart().startsWith('*') || line.trimStart().startsWith('//')) continue;
    const found = impure.find((pattern) => pattern.test(line));
    if (found !== undefined) problems.push(`${at}: ${room} is pure, and this line reaches outside (${found.source})`);
  }
  return problems;
}

function importProblems(at: string, file: string, room: string, target: string): string[] {
  const [top, other = ''] = normalize(join(dirname(file), target)).split('/');
  if (top !== 'src' || other === room) return [];
  const allowed = mayImport[room];
  if (allowed === undefined) return [`${at}: "${room}" is no room of the house`];
  return allowed.includes(other) ? [] : [`${at}: ${room} may not import from ${other}`];
}

/** The lock file names no registry's host, so that it works with any mirror. */
export function lockProblems(text: string): string[] {
  return text.includes('"resolved": "http') ? ['package-lock.json: names a registry host; see .npmrc'] : [];
}
