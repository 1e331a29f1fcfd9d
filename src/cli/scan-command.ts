import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { Address } from '../ip/address.ts';
import { addressesOfRange, parseRange, rangeSize } from '../ip/range.ts';
import { systemClock } from '../platform/clock.ts';
import { NeighbourTools } from '../platform/neighbours.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { type Column, isData, show } from './output.ts';
import { tellMissing } from './partial.ts';
import { type Run, type Session, withClient } from './run.ts';
import { type Found, sweep } from './sweep.ts';
import { secondsOf } from './time.ts';

/** The network namespace of whoever asks. */
const own = '/proc/self/ns/net';
const waitMs = 1_000;
/** A thousand a second would be a flood to the switches of some, and each question is a process of its own here. */
const fastest = 100;
const progressMs = 5_000;

interface ScanOptions {
  readonly interface: string;
  readonly rate: string;
  readonly limit: string;
  readonly quarantine?: boolean;
  readonly for: string;
}

interface Stranger extends Found {
  /** What became of it. */
  readonly done: 'found' | 'quarantined' | 'given meanwhile';
}

/** `scan`: strangers are found before Pods meet them. */
export function addScanCommand(program: Command, run: Run): void {
  program
    .command('scan <pool>')
    .description('ask the segment of this machine who uses free addresses of a pool (as root)')
    .requiredOption('--interface <name>', "of this machine, on the pool's segment; it is set up if it is down")
    .option('--rate <n>', `questions a second, 1 to ${fastest}`, '10')
    .option('--limit <n>', 'addresses at most, the first of what is free', '65536')
    .option('--quarantine', 'give to nobody what somebody answers for')
    .option('--for <duration>', 'how long, for example 90s, 30m, 12h or 7d', '1h')
    .addHelpText(
      'after',
      `
By ARP and NDP, with arping of iputils and ndisc6, as a daemon does that looks for conflicts (docs/conflicts.md). Asked for is what is
free as all daemons know it: what Pods have is not. A router that answers for other hosts (proxy ARP) is found for every address.

Exit status: 0 nobody was found, 3 somebody was, 6 some could not be asked for, or some daemons did not answer.`,
    )
    .action(withClient(run, (session, pool: string, options: ScanOptions) => scan(run, session, pool, options)));
}

async function scan(run: Run, session: Session, pool: string, options: ScanOptions): Promise<void> {
  const rate = wholeNumber(options.rate, '--rate', fastest);
  const limit = wholeNumber(options.limit, '--limit', 2 ** 24);
  const seconds = secondsOf(options.for, '--for');
  const neighbours = new NeighbourTools(waitMs);
  await neighbours.requireTools();
  const { parts, unanswered } = await session.client.call('ListFree', { pool });
  tellMissing(run, unanswered);
  const ranges = parts.flatMap((part) => part.ranges.map(parseRange));
  const free = ranges.reduce((sum, range) => sum + rangeSize(range), 0n);
  const total = free < BigInt(limit) ? Number(free) : limit;
  if (free > BigInt(limit)) run.warn(`${free} addresses are free: the first ${limit} are asked for (--limit)`);
  run.note(`asking for ${total} addresses on ${options.interface}, ${Math.ceil(total / rate)} s`);
  const swept = await sweep(first(ranges, limit), {
    ...{ neighbours, rate, clock: systemClock, segment: { netns: own, ifname: options.interface } },
    onAnswer: progress(run, total),
  });
  if (swept.unknown > 0) {
    if (swept.unknown === swept.asked) throw cannotAsk(swept.why);
    run.setExit(exitCodes.partial);
    run.warn(`for ${swept.unknown} addresses nobody could be asked: ${swept.why}`);
  }
  const strangers: Stranger[] = [];
  for (const found of swept.found) {
    const done = await dealWith(session, found, options.quarantine === true ? seconds : undefined);
    strangers.push({ ...found, done });
  }
  if (strangers.some(({ done }) => done !== 'given meanwhile')) run.setExit(exitCodes.violations);
  const data = { pool, interface: options.interface, asked: swept.asked, unknown: swept.unknown, strangers };
  if (strangers.length > 0 || isData(session.output)) show(session.output, columns, strangers, data);
  else session.output.print(`${swept.asked} addresses asked for: nobody uses them\n`);
}

const columns: readonly Column<Stranger>[] = [
  { title: 'ADDRESS', text: ({ address }) => address, name: ({ address }) => address },
  { title: 'MAC', text: ({ macs }) => macs.join(' ') },
  { title: 'NOW', text: ({ done }) => done },
];

/** A Pod may have got the address while it was asked for, and have answered itself. */
async function dealWith({ client }: Session, { address, macs }: Found, seconds?: number): Promise<Stranger['done']> {
  const { address: state } = await client.call('Lookup', { ip: address });
  if (state?.state === 'held') return 'given meanwhile';
  if (seconds === undefined) return 'found';
  const reason = `answered by ${macs.join(' and ')} when ${hostname()} scanned its segment`;
  await client.call('QuarantineIP', { ip: address, reason, seconds });
  return 'quarantined';
}

function* first(ranges: readonly ReturnType<typeof parseRange>[], limit: number): Generator<Address> {
  let left = limit;
  for (const range of ranges) {
    for (const address of addressesOfRange(range)) {
      if (left === 0) return;
      left -= 1;
      yield address;
    }
  }
}

function progress(run: Run, total: number): (asked: number) => void {
  let told = Date.now();
  return (asked) => {
    if (Date.now() - told < progressMs) return;
    told = Date.now();
    run.note(`${asked} of ${total} asked for`);
  };
}

function cannotAsk(why: string): CliError {
  return new CliError(`nobody can be asked: ${why}`, {
    code: 'unsupported',
    advice: 'run it as root on a machine that has the interface; ip link shows which there are',
    exit: exitCodes.failed,
  });
}

/** @throws CliError usage */
function wholeNumber(text: string, option: string, most: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw new CliError(`${option} ${text} is not a whole number from 1 to ${most}`, {
    code: 'usage',
    exit: exitCodes.usage,
  });
}
