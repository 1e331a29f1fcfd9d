import { z } from 'zod';
import { parseWith, strictObject } from '../resources/schema.ts';
import { yamlValue } from '../resources/yaml.ts';

/**
 * One setting, said once: the configuration file, the command line, `--help` and the tables of the documentation are made
 * of these.
 */
export interface Setting {
  /** Place in the file, `raft.nodeID`; absent: only the flag says it. */
  readonly key?: string;
  /** Another place that means the same; where both are, `key` counts. */
  readonly alias?: string;
  /** Name of the flag without its dashes, `node-id`; a flag wins over the file. Absent: only the file says it. */
  readonly flag?: string;
  /** What the flag takes, `<name>`; absent: nothing, it is true when it is there. */
  readonly argument?: string;
  /** What the flag's text is in the file, where that is not the same text. */
  readonly fromFlag?: (text: string) => unknown;
  /** A variable of the environment that says the same, where neither flag nor file does. */
  readonly environment?: string;
  /** Of the value in the file. */
  readonly schema: z.ZodType;
  /** As the file would say it; absent: nothing is set, and `usual` tells what happens then. */
  readonly default?: unknown;
  /** The default in words, where it is no value, or is better told in words. */
  readonly usual?: string;
  /** Half a sentence of plain text, for `--help`. */
  readonly help: string;
  /** A running program takes another value at SIGHUP; absent: its next start does. */
  readonly live?: true;
  /** What the documentation says besides, in Markdown: sentences, or more of the same one. */
  readonly more?: string;
  /** Where Spiderpool's configuration says it. What is said in words of our own wins. */
  readonly spiderpool?: SpiderpoolName;
}

/** How Spiderpool says a setting. */
export interface SpiderpoolName {
  /** Keys of `conf.yml` in its ConfigMap, or variables (`SPIDERPOOL_...`): the value is made of all of them. */
  readonly names: readonly string[];
  /**
   * What they come to, for the row's schema; absent: the first of them as it is. A variable's value is text.
   * @param said in the order of the names, undefined where it is not said; one of them is
   */
  readonly value?: (...said: readonly unknown[]) => unknown;
}

export type SettingRows = Readonly<Record<string, Setting>>;

/** The values of some settings, by their rows' names: what the schemas make of them. */
export type Values<Rows extends SettingRows> = {
  readonly [Name in keyof Rows]: Rows[Name] extends { readonly default: unknown }
    ? z.output<Rows[Name]['schema']>
    : z.output<Rows[Name]['schema']> | undefined;
};

type Camel<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Text;

/** What a command line gives of some settings, by the names that commander makes of flags: `node-id` is `nodeId`. */
export type Flags<Rows extends SettingRows> = {
  readonly [Name in keyof Rows as Rows[Name] extends { readonly flag: infer Flag extends string }
    ? Camel<Flag>
    : never]?: Rows[Name] extends { readonly argument: string } ? string : boolean;
};

/** Keeps the literal types of rows: of their flags, and of which have a default. */
export function settings<const Rows extends SettingRows>(rows: Rows): Rows {
  return rows;
}

/** Text that is no number stays text, for the schema to refuse with its own words. */
export function numberOf(text: string): unknown {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/**
 * What reads settings from a file's text (YAML) and the flags, which win.
 * @param source the file's name, for errors
 * @throws IpamError invalid-config naming the place, the value and what is allowed
 */
export type Reader<Rows extends SettingRows> = (text: string, source: string, flags: Flags<Rows>) => Said<Rows>;

/**
 * What file and flags come to: they are read once, and where else something is said may stand in them.
 * @param elsewhere what is said where neither says anything, by the rows' names, as the rows' schemas made it
 */
export type Said<Rows extends SettingRows> = (elsewhere?: Readonly<Record<string, unknown>>) => Values<Rows>;

/** @throws IpamError invalid-config: a default is not what its schema takes */
export function settingsReader<Rows extends SettingRows>(rows: Rows): Reader<Rows> {
  const defaults = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, defaultOf(row)]));
  return (text, source, flags) => {
    // Made for each reading: a program would keep a quarter of a megabyte for the next SIGHUP.
    const schema = fileSchema(rows);
    const file = parseWith(schema, yamlValue(text, source) ?? {}, source);
    const flagged = parseWith(schema, fileOfFlags(rows, flags), 'command line');
    const saidOf = (row: Setting): unknown =>
      (row.key === undefined ? flagOf(row, flags) : (at(flagged, row.key) ?? at(file, row.key))) ??
      (row.alias === undefined ? undefined : at(file, row.alias));
    const said = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, saidOf(row)]));
    return (elsewhere = {}) =>
      Object.fromEntries(
        Object.keys(rows).map((name) => [name, said[name] ?? elsewhere[name] ?? defaults[name]]),
      ) as Values<Rows>;
  };
}

/** A default goes through its schema, as the same text in a file would. */
function defaultOf({ schema, default: usual, key = '' }: Setting): unknown {
  return usual === undefined ? undefined : parseWith(schema, usual, `the default of ${key}`);
}

interface Tree {
  readonly [key: string]: z.ZodType | Tree;
}

/** Sections in sections, as the keys' dots say, none of which must be there; unknown keys are refused. */
function fileSchema(rows: SettingRows): z.ZodType<object> {
  const tree: Record<string, z.ZodType | Tree> = {};
  for (const { key, alias, schema } of Object.values(rows)) {
    for (const place of [key, alias]) if (place !== undefined) put(tree, place.split('.'), schema);
  }
  return sectionSchema(tree);
}

function put(
  tree: Record<string, z.ZodType | Tree>,
  [first = '', ...rest]: readonly string[],
  schema: z.ZodType,
): void {
  if (rest.length === 0) {
    tree[first] = schema;
    return;
  }
  const section = (tree[first] ?? {}) as Record<string, z.ZodType | Tree>;
  tree[first] = section;
  put(section, rest, schema);
}

function sectionSchema(tree: Tree): z.ZodType<object> {
  return strictObject(
    Object.fromEntries(
      Object.entries(tree).map(([key, one]) => [key, (one instanceof z.ZodType ? one : sectionSchema(one)).optional()]),
    ),
  );
}

/** Flags in the shape of the file, so that both pass the same schema. */
function fileOfFlags(rows: SettingRows, flags: object): object {
  const file: Record<string, unknown> = {};
  for (const row of Object.values(rows)) {
    const value = flagOf(row, flags);
    if (value === undefined || row.key === undefined) continue;
    const steps = row.key.split('.');
    const last = steps.pop() ?? '';
    let section = file;
    for (const step of steps) section = section[step] = (section[step] ?? {}) as Record<string, unknown>;
    section[last] = value;
  }
  return file;
}

function flagOf({ flag, fromFlag }: Setting, flags: object): unknown {
  if (flag === undefined) return undefined;
  const name = flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const value: unknown = (flags as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' && fromFlag !== undefined ? fromFlag(value) : value;
}

function at(file: object, key: string): unknown {
  return key.split('.').reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], file);
}

/** A flag as commander declares it, and its help. */
export interface FlagHelp {
  /** `--node-id <name>`. */
  readonly flags: string;
  readonly help: string;
}

/** The flags of some settings, in the order of their rows. */
export function flagsOf(rows: SettingRows): readonly FlagHelp[] {
  return Object.values(rows).flatMap((row): readonly FlagHelp[] => {
    if (row.flag === undefined) return [];
    const usual = row.usual ?? (row.default === undefined || row.default === false ? '' : textOf(row.default));
    return [
      {
        flags: `--${row.flag}${row.argument === undefined ? '' : ` ${row.argument}`}`,
        help: `${row.help}${usual === '' ? '' : ` (default: ${usual})`}`,
      },
    ];
  });
}

/** A value as a person writes it. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(', ')}]`;
  return String(value);
}
