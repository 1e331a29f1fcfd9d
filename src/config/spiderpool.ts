import { IpamError } from '../resources/errors.ts';
import { ownValue } from '../resources/own-value.ts';
import { parseWith } from '../resources/schema.ts';
import { yamlValue } from '../resources/yaml.ts';
import { controllerSettings } from './controller-settings.ts';
import { daemonSettings } from './daemon-settings.ts';
import type { SettingRows, SpiderpoolName } from './setting.ts';
import { namesOfProcess, undoneNames } from './spiderpool-names.ts';

/** What Spiderpool's configuration says of a program's settings. */
export interface SpiderpoolSaid {
  /** By the rows' names, as their schemas made it. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Of what is not read, and asks for something. */
  readonly warnings: readonly string[];
}

export interface SpiderpoolSources {
  /** Of `conf.yml`; absent: there is none. */
  readonly file?: { readonly text: string; readonly source: string };
  /** The environment of the process: of its variables those that begin with `SPIDERPOOL_`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const prefix = 'SPIDERPOOL_';

/** Names that some program of ours reads: the others need not speak of them. */
const readNames: ReadonlySet<string> = new Set([daemonSettings, controllerSettings].flatMap(namesIn));

function namesIn(rows: SettingRows): readonly string[] {
  return Object.values(rows).flatMap(({ spiderpool }) => spiderpool?.names ?? []);
}

/** @throws IpamError invalid-config naming the place, the value and what is allowed */
export function spiderpoolSaid(rows: SettingRows, { file, environment }: SpiderpoolSources): SpiderpoolSaid {
  const keys = file === undefined ? {} : keysOf(file);
  const variables = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name.startsWith(prefix) && (value ?? '').trim() !== ''),
  );
  const said = new Map([...Object.entries(keys), ...Object.entries(variables)]);
  const placeOf = (name: string): string => (Object.hasOwn(variables, name) ? name : `${file?.source ?? ''}: ${name}`);
  const values: Record<string, unknown> = {};
  for (const [row, { spiderpool, schema }] of Object.entries(rows)) {
    if (spiderpool === undefined) continue;
    const [first] = spiderpool.names.filter((name) => said.has(name));
    if (first !== undefined) values[row] = parseWith(schema, combined(spiderpool, said), placeOf(first));
  }
  const warnings = [...said].flatMap(([name, value]) => {
    const why = whyUnread(name, value);
    return why === undefined ? [] : [`${placeOf(name)}: ${why}`];
  });
  return { values, warnings };
}

function keysOf({
  text,
  source,
}: {
  readonly text: string;
  readonly source: string;
}): Readonly<Record<string, unknown>> {
  const value = yamlValue(text, source) ?? {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw new IpamError('invalid-config', `${source}: must be the keys of Spiderpool's conf.yml`, {
    advice: 'name the file that the key conf.yml of ConfigMap spiderpool-conf is mounted as',
  });
}

function combined({ names, value = firstOf }: SpiderpoolName, said: ReadonlyMap<string, unknown>): unknown {
  return value(...names.map((name) => said.get(name) ?? undefined));
}

function firstOf(...said: readonly unknown[]): unknown {
  return said.find((one) => one !== undefined);
}

/** @returns undefined: a program of ours reads it, it says of the process what is known anyway, or it turns off what there is not */
function whyUnread(name: string, value: unknown): string | undefined {
  if (readNames.has(name) || namesOfProcess.has(name)) return undefined;
  const undone = ownValue(undoneNames, name);
  if (undone === undefined) return 'is not read: Spiderpool has no such setting, or Berth does not know it';
  return isOff(value) ? undefined : `is not read: ${undone}`;
}

/** Does it ask for nothing? Of a section, what its `enabled` says. */
function isOff(value: unknown): boolean {
  if (typeof value === 'string') return /^(|0|f|false)$/i.test(value.trim());
  if (typeof value !== 'object' || value === null) return !value;
  const inner = Object.entries(value);
  const enabled = inner.find(([key]) => key === 'enabled');
  return enabled === undefined ? inner.every(([key, one]) => isIdle(key) || isOff(one)) : isOff(enabled[1]);
}

/** How long something waits, or where it is, asks for nothing. */
function isIdle(key: string): boolean {
  return key === 'httpRequestTimeout' || key === 'kubeletRootDir';
}
