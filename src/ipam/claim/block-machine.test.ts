import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../ip/address.ts';
import { emptyRangeSet } from '../../ip/range-set.ts';
import { type Block, newBlock } from '../../resources/block.ts';
import { parsePool, poolKind, spiderpoolVersion } from '../../resources/pool.ts';
import type { Stored } from '../../resources/resource.ts';
import { AddressSpace } from './address-space.ts';
import { type BlockEffect, type BlockEvent, BlockMachine } from './block-machine.ts';
import { blockLayout } from './layout.ts';
import type { LeasedBlock } from './leased-block.ts';

const pool = parsePool({
  apiVersion: spiderpoolVersion,
  kind: poolKind,
  metadata: { name: 'pods' },
  spec: { subnet: '10.0.0.0/24', blockSize: 28 },
});

/** `.16` is 10.0.0.16/28. */
const cidrOf = (place = ''): string => `10.0.0${place}/28`;
const placeOf = ({ spec }: Stored<Block>): string => spec.cidr.slice('10.0.0'.length, -'/28'.length);

/**
 * Plays a transcript on the machine of daemon `me`, whose events stand at the beginning of a line and what is to be done about
 * each, indented, below it. @returns the transcript as it really went
 */
function replay(transcript: string): string {
  const machine = new BlockMachine('me');
  const lines: string[] = [];
  for (const line of linesOf(transcript).filter((one) => !one.startsWith(' '))) {
    const told = tell(machine, line.split(' '));
    lines.push(line, ...told.map((one) => `  ${one}`));
  }
  return lines.join('\n');
}

function tell(machine: BlockMachine, [verb = '', place = '', ...words]: readonly string[]): readonly string[] {
  const cidr = cidrOf(place);
  if (verb === 'hold') {
    const leased = machine.find(cidr);
    if (leased === undefined || !machine.isUsable(leased)) return ['refused'];
    leased.space = new AddressSpace(pool, leased.prefix, blockLayout(pool, leased.prefix, emptyRangeSet), 0);
    leased.space.adopt(parseAddress(words[0] ?? ''), 'somebody', 0);
    return [];
  }
  if (verb === 'returning?') return machine.returning.map((block) => `${placeOf(block)} ${block.metadata.uid}`);
  if (verb === 'unbacked?') return machine.unbacked.all();
  return machine.step(eventOf(machine, verb, place, words)).map(textOf);
}

function eventOf(machine: BlockMachine, verb: string, place: string, words: readonly string[]): BlockEvent {
  const cidr = cidrOf(place);
  switch (verb) {
    case 'listed':
    case 'listed-after-restore':
      return listed(machine, place === '' ? [] : [place, ...words], verb !== 'listed');
    case 'asked':
      return { type: 'asked', cidr, node: 'me' };
    case 'passed-over':
      return { type: 'passed over', cidr, node: 'me' };
    case 'refused':
      return { type: 'refused', cidr };
    case 'timed-out':
      return { type: 'timed out', cidr };
    default:
      return { type: verb.replaceAll('-', ' ') as 'put', block: blockOf([place, ...words]) };
  }
}

function listed(machine: BlockMachine, texts: readonly string[], hasGoneBack: boolean): BlockEvent {
  const blocks = texts.map((text) => blockOf(text.split(',')));
  const uids = new Set(blocks.map(({ metadata }) => metadata.uid));
  const isGone = (leased: LeasedBlock): boolean => !uids.has(leased.resource.metadata.uid) && !machine.isUnseen(leased);
  return { type: 'listed', blocks, vanished: [...machine.all()].filter(isGone), revived: [], hasGoneBack };
}

function blockOf([place, uid = '', daemon = 'me', resourceVersion = '1']: readonly string[]): Stored<Block> {
  const block = newBlock({ cidr: cidrOf(place), pool: 'pods', node: daemon, daemon });
  return { ...block, metadata: { ...block.metadata, uid, resourceVersion, creationTimestamp: '' } };
}

function textOf(effect: BlockEffect): string {
  if (effect.type === 'lost') return 'lost';
  if (effect.type === 'cool down') return `cool down ${effect.cidr.slice('10.0.0'.length, -'/28'.length)}`;
  if (effect.leased === undefined) return `${effect.type} nothing`;
  const { resource } = effect.leased;
  return `${effect.type} ${placeOf(resource)} ${resource.metadata.uid}`;
}

function linesOf(transcript: string): readonly string[] {
  return transcript.split('\n').filter((line) => line.trim() !== '');
}

describe('the state of blocks', () => {
  it.each([
    [
      'a block is used once the store has answered, though the watch shows it before',
      `
asked .16
put .16 a
  came .16 a
hold .16 10.0.0.18
  refused
answered .16 a
  leased .16 a
  use .16 a
hold .16 10.0.0.18
`,
    ],
    [
      'of a block that another daemon has only its coming and going is told, and then it is leased last',
      `
put .16 a other
  came .16 a
removed .16 a other
  went .16 a
  cool down .16
`,
    ],
    [
      'a block that somebody else was faster to lease is not ours, whatever the answer',
      `
asked .16
put .16 a other
  came .16 a
refused .16
`,
    ],
    [
      'a block without an answer is used when the watch shows it: it is ours all the same',
      `
asked .16
timed-out .16
put .16 a
  came .16 a
  use .16 a
`,
    ],
    [
      'a list or an event that is older than our lease changes nothing',
      `
asked .16
answered .16 b
  came .16 b
  leased .16 b
  use .16 b
listed
put .16 a other
removed .16 a other
put .16 b
listed
  went .16 b
`,
    ],
    [
      'an answer revives no block that came and went before it',
      `
asked .16
put .16 a
  came .16 a
removed .16 a
  went .16 a
answered .16 a
`,
    ],
    [
      'a block that is given back is not used by what is shown of it later',
      `
put .16 a
  came .16 a
  use .16 a
given-back .16 a
  went .16 a
put .16 a
listed .16,a
returning?
  .16 a
deleted .16 a
removed .16 a
returning?
`,
    ],
    [
      'a block of whose return nobody knows stays unused, and is given back again',
      `
put .16 a
  came .16 a
  use .16 a
given-back .16 a
  went .16 a
delete-timed-out .16 a
put .16 a
returning?
  .16 a
removed .16 a
returning?
`,
    ],
    [
      'a block that shows up once more after its end is given back once more: its create was held up on its way',
      `
put .16 a
  came .16 a
  use .16 a
given-back .16 a
  went .16 a
deleted .16 a
removed .16 a
put .16 a me 3
returning?
  .16 a
`,
    ],
    [
      'a block whose return a store that went back has forgotten is given back again',
      `
put .16 a
  came .16 a
  use .16 a
given-back .16 a
  went .16 a
deleted .16 a
listed-after-restore .16,a
returning?
  .16 a
`,
    ],
    [
      'a lease of a place that another node had, and that comes late, is given back: another was leased instead',
      `
asked .0
refused .0
passed-over .0
put .0 a
returning?
  .0 a
`,
    ],
    [
      'the same lease stays when the place was asked for again',
      `
asked .0
refused .0
passed-over .0
asked .0
timed-out .0
put .0 a
  came .0 a
  use .0 a
`,
    ],
    [
      'what was held in a block that is lost waits for it, and is told',
      `
put .16 a
  came .16 a
  use .16 a
hold .16 10.0.0.18
removed .16 a
  went .16 a
  lost
unbacked?
  10.0.0.18
`,
    ],
    [
      'a list without a block of ours that is in use tells that it is lost, after what has come',
      `
put .16 a
  came .16 a
  use .16 a
hold .16 10.0.0.18
listed .32,b,other
  went .16 a
  came .32 b
  lost
`,
    ],
    [
      'another block in the place of ours is another, and what was held waits',
      `
put .16 a
  came .16 a
  use .16 a
hold .16 10.0.0.18
put .16 b other
  went .16 a
  came .16 b
unbacked?
  10.0.0.18
`,
    ],
  ])('%s', (_what, transcript) => {
    expect(replay(transcript)).toBe(linesOf(transcript).join('\n'));
  });
});
