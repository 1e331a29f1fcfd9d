import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../kit/paths.ts';

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What a comment of the page right before it says of walk-throughs; undefined: it is in none. */
  readonly mark: string | undefined;
}

/** A line that a reader types, and where: `# on NAME` behind it says so. */
export interface Command {
  readonly text: string;
  readonly on: string | undefined;
}

export function blocksOf(page: string): readonly Block[] {
  return blocksIn(page, readFileSync(join(root, page), 'utf8'));
}

export function blocksIn(page: string, text: string): readonly Block[] {
  const fenced = /(?:^<!-- walkthrough: (.*?) -->\n+)?^```(\w*)\n(.*?)^```$/gms;
  return [...text.matchAll(fenced)].map(({ 0: whole, 1: mark, 2: language = '', 3: body = '', index }) => ({
    page,
    line: text.slice(0, index + whole.indexOf('```')).split('\n').length,
    language,
    text: body,
    mark,
  }));
}

/** Every page for users. */
export const pages: readonly string[] = [
  'README.md',
  'README.zh-CN.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The lines of a block that are typed: comments gone, continued lines joined. */
export function commandsIn({ text }: Block): readonly Command[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => ({
      text: line.replace(/(^|\s)#\s.*$/, '').trim(),
      on: /\s# on (every node|[\w-]+)/.exec(line)?.[1],
    }))
    .filter(({ text: typed }) => typed !== '');
}

export function commandsOf(block: Block): readonly string[] {
  return commandsIn(block).map(({ text }) => text);
}
