import { isDeepStrictEqual } from 'node:util';
import type { SettingRows } from './setting.ts';

/** Settings that are others than those a program runs with, by their keys. */
export interface ChangedSettings {
  /** It takes them at once. */
  readonly live: readonly string[];
  /** Its next start takes them. */
  readonly atStart: readonly string[];
}

/** @param running what the program goes by; @param read what its file and flags say by now */
export function changedSettings(rows: SettingRows, running: object, read: object): ChangedSettings {
  const settingOf = (values: object, name: string): unknown => (values as Readonly<Record<string, unknown>>)[name];
  const changed = Object.entries(rows).filter(
    ([name]) => !isDeepStrictEqual(settingOf(running, name), settingOf(read, name)),
  );
  const keys = (live: boolean) =>
    changed.flatMap(([name, row]) => ((row.live ?? false) === live ? [row.key ?? name] : []));
  return { live: keys(true), atStart: keys(false) };
}

/** What a program goes by once it has taken what it can. */
export function withLive<Values extends object>(rows: SettingRows, running: Values, read: Values): Values {
  const live = Object.entries(read).filter(([name]) => rows[name]?.live === true);
  return { ...running, ...Object.fromEntries(live) };
}
