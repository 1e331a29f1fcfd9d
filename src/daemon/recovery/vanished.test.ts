import { describe, expect, it } from 'vitest';
import type { Resource, Stored } from '../../resources/resource.ts';
import { silentLog } from '../../telemetry/log.ts';
import { HeldBack } from '../allocation/held-back.ts';
import { TestClock } from '../testing/world.ts';
import { StoreHistory } from './store-history.ts';
import { type Known, vanishedAmong } from './vanished.ts';

const kind = 'Thing';

interface Facts {
  readonly isOwn?: boolean;
  readonly isUnseen?: boolean;
}

function object(version: number): Stored<Resource> {
  const [name, resourceVersion] = [`t${version}`, String(version)];
  return { apiVersion: 'v1', kind, metadata: { name, uid: name, resourceVersion, creationTimestamp: '' }, spec: {} };
}

/** One that is known, and named after its version. */
function known(version: number, { isOwn = false, isUnseen = false }: Facts = {}): Known<number> {
  const address = { family: 4, value: BigInt(version) } as const;
  const addresses = { first: address, last: address };
  return { item: version, metadata: object(version).metadata, addresses, isUnseen, isOwn, isInUse: () => isOwn };
}

function look(knownOnes: readonly Known<number>[], listed: readonly Stored<Resource>[]) {
  const clock = new TestClock();
  const heldBack = new HeldBack(clock, () => {});
  const history = new StoreHistory({
    clock,
    log: silentLog,
    heldBack,
    sandboxDeadlineMs: 300_000,
    cooldownMs: 30_000,
    outage: () => '',
    onWentBack: () => {},
  });
  const vanished = vanishedAmong(kind, knownOnes, listed, history);
  return { vanished, heldBack, wentBack: history.times > 0, quiet: history.quietBecause !== '' };
}

describe('what a list lacks', () => {
  it('is the work of a hand when something newer is there as it was seen', () => {
    const ours = known(5, { isOwn: true });
    const { vanished, wentBack, quiet } = look([known(3), ours, known(8)], [object(3), object(8)]);
    expect({ vanished, wentBack, quiet }).toEqual({ vanished: [5], wentBack: false, quiet: false });
  });

  it('is also that where a whole node was forgotten, and others have gone on', () => {
    const ours = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((version) => known(version, { isOwn: true }));
    expect(look([...ours, known(20)], [object(20)])).toMatchObject({ wentBack: false, quiet: false });
  });

  it('is the end of what a store that went back has forgotten when nothing newer is there', () => {
    const ours = known(5, { isOwn: true });
    // Others have written on since, and made anew what came later.
    expect(look([known(3), ours, known(8)], [object(3), object(30)])).toMatchObject({ wentBack: true, quiet: true });
  });

  it('is that end also when what is newer was changed since, or written by this daemon a moment ago', () => {
    const ours = known(5, { isOwn: true });
    const changed = { ...object(8), metadata: { ...object(8).metadata, resourceVersion: '4' } };
    expect(look([ours, known(8)], [changed])).toMatchObject({ wentBack: true });
    const madeAfterwards = known(40, { isOwn: true, isUnseen: true });
    expect(look([ours, madeAfterwards], [object(40)])).toMatchObject({ wentBack: true });
  });

  it('stays out of use for a while where others had it, whoever deleted it', () => {
    const { heldBack } = look([known(3), known(5), known(8)], [object(3), object(8)]);
    expect(heldBack.all.ranges).toHaveLength(1);
  });
});
