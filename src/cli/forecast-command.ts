import { isIP } from 'node:net';
import type { Command } from 'commander';
import type { Forecast__Output } from '../api/generated/ipam/Forecast.ts';
import type { ForecastOutlook__Output } from '../api/generated/ipam/ForecastOutlook.ts';
import { spanText } from '../resources/span-text.ts';
import { CliError } from './cli-error.ts';
import { countData, familyName, percent } from './counts.ts';
import { exitCodes } from './exit-codes.ts';
import { type Column, show } from './output.ts';
import { type Local, tellMissing, withLocal } from './partial.ts';
import { type Run, type Session, withClient } from './run.ts';
import { timeData } from './time.ts';

/** `forecast`: when what runs out. */
export function addForecastCommand(program: Command, run: Run): void {
  withLocal(program.command('forecast [what]'))
    .description('say when pools, subnets and nodes run out at the pace of the last hour, day and week')
    .addHelpText(
      'after',
      `
Examples:
  ipam-cli forecast                      every pool, subnet and node
  ipam-cli forecast office               a pool; also pool/office
  ipam-cli forecast 10.5.0.0/24          all pools of a subnet together
  ipam-cli forecast node/node1           what the Pods of a node could still get

A time is a range: no sooner than the first, no later than the second, which may be never. Where too little was seen it says how
much longer that takes.
Exit status: 4 nothing of that name is known, 6 a daemon did not answer.`,
    )
    .action(
      withClient(run, (session, what: string | undefined, options: Local) => forecast(run, session, what, options)),
    );
}

async function forecast(
  run: Run,
  { client, output }: Session,
  what: string | undefined,
  { local = false }: Local,
): Promise<void> {
  const subject = what === undefined ? {} : subjectOf(what);
  const { forecasts, unanswered } = await client.call('GetForecast', { ...subject, local });
  if (what !== undefined && forecasts.length === 0 && unanswered.length === 0) throw unknownSubject(what);
  tellMissing(run, unanswered);
  const data = (rows: readonly Forecast__Output[]) => ({ forecasts: rows.map(forecastData), unanswered });
  show(output, columns, forecasts, data);
}

/** @throws CliError usage */
function subjectOf(what: string) {
  const at = what.indexOf('/');
  const [kind, name] = at < 0 ? ['', what] : [what.slice(0, at), what.slice(at + 1)];
  if (kind === '' && isIP(name) === 0) return { pool: name };
  if (isIP(kind) !== 0) return { subnet: what };
  if (kind === 'pool' || kind === 'spiderippool') return { pool: name };
  if (kind === 'subnet') return { subnet: name };
  if (kind === 'node') return { node_id: name };
  throw new CliError(`"${what}" is no pool, no subnet and no node`, {
    code: 'usage',
    advice: 'write the name of a pool, a subnet in CIDR notation, or node/NAME',
    exit: exitCodes.usage,
  });
}

function unknownSubject(what: string): CliError {
  return new CliError(`nothing is known of "${what}"`, {
    code: 'not-found',
    advice: 'ipam-cli forecast shows all; of a new pool something is known within a minute',
    exit: exitCodes.notFound,
  });
}

const outlookColumn = (window: string): Column<Forecast__Output> => ({
  title: `AT LAST ${window.toUpperCase()}'S PACE`,
  text: (one) => outlookText(outlookOf(one, window)),
});
const paceColumn = (window: string): Column<Forecast__Output> => ({
  title: `AN HOUR (${window.toUpperCase()})`,
  text: (one) => paceText(outlookOf(one, window)),
  wide: true,
});

const columns: readonly Column<Forecast__Output>[] = [
  { title: 'KIND', text: ({ kind }) => kind },
  { title: 'NAME', text: ({ name }) => name, name: ({ name }) => name },
  { title: 'FAMILY', text: ({ family }) => familyName(family) },
  { title: 'OUT', text: ({ taken }) => taken },
  { title: 'TOTAL', text: ({ total }) => total },
  { title: 'USE', text: ({ taken, total }) => percent(taken, total) },
  ...['hour', 'day', 'week'].map(outlookColumn),
  ...['hour', 'day', 'week'].map(paceColumn),
];

function outlookOf({ outlooks }: Forecast__Output, window: string): ForecastOutlook__Output | undefined {
  return outlooks.find((one) => one.window === window);
}

/** `2h 30m to 5h`, `never`, `full`, or how much longer it takes to know. */
export function outlookText(outlook: ForecastOutlook__Output | undefined): string {
  if (outlook === undefined) return '-';
  if (outlook.needs_ms !== '0') return `known in ${briefSpan(Number(outlook.needs_ms) / 1_000)}`;
  const { earliest_seconds: earliest, latest_seconds: latest } = outlook;
  if (earliest === undefined) return 'never';
  if (earliest === 0) return 'full';
  const [from, to] = [briefSpan(earliest), latest === undefined ? 'never' : briefSpan(latest)];
  return from === to ? from : `${from} to ${to}`;
}

function paceText(outlook: ForecastOutlook__Output | undefined): string {
  if (outlook === undefined || outlook.needs_ms !== '0') return '-';
  const [low, high] = [outlook.pace_low.toFixed(1), outlook.pace_high.toFixed(1)];
  return low === high ? low : `${low} to ${high}`;
}

/** As narrow as a column wants it. */
function briefSpan(seconds: number): string {
  return spanText(seconds * 1_000, '<1m');
}

function forecastData({ kind, name, family, taken, total, at_ms, outlooks }: Forecast__Output): object {
  return {
    kind,
    name,
    family,
    taken: countData(taken),
    total: countData(total),
    at: timeData(at_ms),
    outlooks: outlooks.map(outlookData),
  };
}

/** Null: never, at that pace. */
function outlookData(outlook: ForecastOutlook__Output): object {
  const { window, needs_ms, pace_low, pace_high, earliest_seconds = null, latest_seconds = null } = outlook;
  if (needs_ms !== '0') return { window, known: false, needs_seconds: Math.ceil(Number(needs_ms) / 1_000) };
  return { window, known: true, pace_per_hour: { low: pace_low, high: pace_high }, earliest_seconds, latest_seconds };
}
