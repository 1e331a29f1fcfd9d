import { describe, expect, it } from 'vitest';
import { type Claim, newClaim } from '../../resources/claim.ts';
import type { Stored } from '../../resources/resource.ts';
import { type ClaimEvent, ClaimMachine } from './claim-machine.ts';

/** `.5` is 10.0.0.5. */
const placeOf = ({ spec }: Claim): string => spec.address.slice('10.0.0'.length);

/**
 * A claim as a transcript has it: `.5 a1 web@me`, of address, uid with version, and container at its daemon; `web@parked` when no
 * container has it any more.
 */
function claimOf([place = '', id = '', holder = 'web@me']: readonly string[]): Stored<Claim> {
  const [containerId = '', daemon = 'me'] = holder.split('@');
  const isParked = daemon === 'parked';
  const by = isParked ? { node: 'me', daemon: 'me', parkedAt: '2026-01-01T00:00:00.000Z' } : { node: daemon, daemon };
  const claim = newClaim({
    address: `10.0.0${place}`,
    pool: 'office',
    network: 'n',
    containerId,
    ifname: 'eth0',
    ...by,
  });
  const [uid = '', version = ''] = [id.slice(0, 1), id.slice(1)];
  return { ...claim, metadata: { ...claim.metadata, uid, resourceVersion: version, creationTimestamp: '' } };
}

/**
 * Plays a transcript on the machine of daemon `me`, whose events stand at the beginning of a line and what is to be done about
 * each, indented, below it. @returns the transcript as it really went
 */
function replay(transcript: string): string {
  const recorded = new Set<string>();
  const machine = new ClaimMachine({ daemon: 'me', isRecorded: (key) => recorded.has(key) });
  const lines: string[] = [];
  for (const line of linesOf(transcript).filter((one) => !one.startsWith(' '))) {
    const told = tell(machine, recorded, line.split(' '));
    lines.push(line, ...told.map((one) => `  ${one}`));
  }
  return lines.join('\n');
}

function tell(machine: ClaimMachine, recorded: Set<string>, words: readonly string[]): readonly string[] {
  const [verb = '', ...rest] = words;
  switch (verb) {
    case 'record':
      recorded.add(`10.0.0${rest[0]}`);
      return [];
    case 'known?':
      return [...machine.all()].map(
        (claim) => `${placeOf(claim)} ${claim.metadata.uid}${claim.metadata.resourceVersion}`,
      );
    case 'over?':
      return machine.isOvertaken(claimOf(rest)) ? ['over'] : [];
    case 'lost?':
      return machine.takeLost();
    case 'of?': {
      const [containerId = ''] = rest;
      return machine.claimsOf({ network: 'n', containerId, ifname: 'eth0' }).map(placeOf);
    }
    default:
      return eventsOf(machine, verb, rest).flatMap((event) => machine.step(event).map(textOf));
  }
}

function eventsOf(machine: ClaimMachine, verb: string, words: readonly string[]): readonly ClaimEvent[] {
  if (verb === 'listed' || verb === 'listed-own') {
    const [version = '0', ...listed] = words[0]?.startsWith('v')
      ? [words[0].slice(1), ...words.slice(1)]
      : ['0', ...words];
    const claims = listed.map((word) => claimOf(word.split(',')));
    const uids = new Set(claims.map(({ metadata }) => metadata.uid));
    const vanished = [...machine.all()].filter((claim) => !uids.has(claim.metadata.uid) && !machine.isUnseen(claim));
    const isOfOwn = verb === 'listed-own';
    return [
      { type: 'relisted', vanished, version, isOfOwn },
      ...claims.map((claim) => ({ type: 'listed', claim }) as const),
    ];
  }
  if (verb === 'put' || verb === 'removed') return [{ type: verb, claim: claimOf(words) }];
  if (verb === 'shown' || verb === 'shown-theirs')
    return [{ type: 'shown', claim: claimOf(words), isToKnow: verb === 'shown' }];
  const [call = 'change', ...of] = words;
  const claim = claimOf(of);
  if (verb === 'asked' && call === 'change')
    return [{ type: 'asked', verb: 'change', claim, next: claimOf([of[0] ?? '', of[1] ?? '', of[3] ?? '']).spec }];
  return [{ type: verb.replaceAll('-', ' '), verb: call, claim } as ClaimEvent];
}

function textOf(effect: ReturnType<ClaimMachine['step']>[number]): string {
  if (effect.type === 'leave pool') return `leave pool ${effect.pool}`;
  const { containerId, parkedAt, daemon } = effect.claim.spec;
  return `${effect.type} ${placeOf(effect.claim)} ${containerId}@${parkedAt === undefined ? daemon : 'parked'}`;
}

function linesOf(transcript: string): readonly string[] {
  return transcript.split('\n').filter((line) => line.trim() !== '');
}

describe('the state of claims', () => {
  it.each([
    [
      'an address is taken by the answer to its claim, and once: its event says nothing new',
      `
answered create .5 a1
  take .5 web@me
put .5 a1
of? web
  .5
`,
    ],
    [
      'a list of our own says nothing of what others have, and that nothing else is ours',
      `
listed-own v9
answered look .5 a3 db@other
  take .5 db@other
answered look .6 b3
known?
  .5 a3
`,
    ],
    [
      'what others have is taken, and free when they give it back',
      `
put .5 a1 db@other
  take .5 db@other
removed .5 a1 db@other
  free .5 db@other
lost?
`,
    ],
    [
      'a list or an event that is older than a claim of ours changes nothing',
      `
answered create .5 b3
  take .5 web@me
listed
put .5 a1 db@other
removed .5 a1 db@other
known?
  .5 b3
put .5 b3
listed
  leave pool office
  free .5 web@me
`,
    ],
    [
      'a claim of ours that is gone without our doing is lost, and is told once',
      `
answered create .5 a1
  take .5 web@me
put .5 a1
removed .5 a1
  leave pool office
  free .5 web@me
lost?
  10.0.0.5
lost?
`,
    ],
    [
      'a claim that is released is free with the answer, and no late event brings it back',
      `
answered create .5 a1
  take .5 web@me
asked release .5 a1
  leave pool office
put .5 a1
answered release .5 a1
  free .5 web@me
put .5 a1
removed .5 a1
lost?
known?
`,
    ],
    [
      'of a release without an answer nobody knows: the claim is ours still',
      `
answered create .5 a1
  take .5 web@me
asked release .5 a1
  leave pool office
timed-out release .5 a1
known?
  .5 a1
`,
    ],
    [
      'a release is refused when somebody has changed the claim: what was shown of that stays',
      `
answered create .5 a1
  take .5 web@me
put .5 a1
asked release .5 a1
  leave pool office
put .5 a2 db@other
  forget .5 web@me
  take .5 db@other
refused release .5 a1
known?
  .5 a2
`,
    ],
    [
      'parked, a claim is nobody’s, though it names who had it last',
      `
answered create .5 a1
  take .5 web@me
asked change .5 a1 web@me web@parked
  leave pool office
answered change .5 a2 web@parked
  take .5 web@parked
of? web
lost?
`,
    ],
    [
      'an answer that comes after what was made of the claim since changes nothing',
      `
answered create .5 a1
  take .5 web@me
asked change .5 a1 web@me web@parked
  leave pool office
put .5 a2 web@parked
  take .5 web@parked
asked change .5 a2 web@parked new@me
answered change .5 a3 new@me
  forget .5 web@parked
  take .5 new@me
answered change .5 a2 web@parked
of? new
  .5
known?
  .5 a3
`,
    ],
    [
      'an event that is older than what we made of a claim changes nothing',
      `
put .5 a1 web@parked
  take .5 web@parked
asked change .5 a1 web@parked new@me
answered change .5 a2 new@me
  forget .5 web@parked
  take .5 new@me
put .5 a1 web@parked
known?
  .5 a2
put .5 a2 new@me
put .5 a3 new@parked
  leave pool office
  take .5 new@parked
`,
    ],
    [
      'a claim with a record of ours that another hand parks is to be taken back',
      `
answered create .5 a1
  take .5 web@me
record .5
put .5 a2 web@parked
  leave pool office
  take .5 web@parked
lost?
  10.0.0.5
`,
    ],
    [
      'a claim that another daemon has made in the place of ours is its, and ours is lost',
      `
answered create .5 a1
  take .5 web@me
put .5 a1
put .5 b4 db@other
  leave pool office
  free .5 web@me
  forget .5 web@me
  take .5 db@other
lost?
  10.0.0.5
`,
    ],
    [
      'what was looked at counts, unless an event was younger',
      `
put .5 a1 db@other
  take .5 db@other
answered look .5 a2 web@other
  forget .5 db@other
  take .5 web@other
put .5 a3 new@other
  forget .5 web@other
  take .5 new@other
answered look .5 a2 web@other
known?
  .5 a3
`,
    ],
    [
      'the answer to a create that comes after what was made of the claim since changes nothing',
      `
put .5 a1
  take .5 web@me
put .5 a2 web@parked
  leave pool office
  take .5 web@parked
answered create .5 a1
known?
  .5 a2
`,
    ],
    [
      'no answer brings back a claim that is gone, nor pushes out the one that is there',
      `
put .5 a1
  take .5 web@me
removed .5 a3
  leave pool office
  free .5 web@me
answered create .5 a1
answered change .5 a2 new@me
answered look .5 a2
known?
put .5 b4 db@other
  take .5 db@other
answered create .5 a1
answered change .5 a2 new@me
answered look .5 a2
known?
  .5 b4
`,
    ],
    [
      'no answer brings back what a later list does not have',
      `
answered create .5 a1
  take .5 web@me
put .5 a1
asked change .5 a1 web@me web@parked
  leave pool office
listed v5
  free .5 web@me
answered change .5 a2 web@parked
answered create .6 b3
known?
answered create .6 c6
  take .6 web@me
`,
    ],
    [
      'a call that fails when its claim is gone leaves nothing to be counted on',
      `
answered create .5 a1
  take .5 web@me
put .5 a1
asked change .5 a1 web@me web@parked
  leave pool office
removed .5 a2
  free .5 web@me
refused change .5 a1
answered create .6 b3
  take .6 web@me
put .6 b3
removed .6 b4
  leave pool office
  free .6 web@me
`,
    ],
    [
      'of claims that no watch shows, a late answer changes nothing either',
      `
answered create .5 a1
  take .5 web@me
shown .5 a1
asked change .5 a1 web@me web@parked
  leave pool office
answered change .5 a2 web@parked
  take .5 web@parked
shown-theirs .5 a2 web@parked
  free .5 web@parked
shown .5 a1
answered look .5 a1
known?
asked change .5 a2 web@parked new@me
answered change .5 a3 new@me
  take .5 new@me
shown .5 a3 new@me
answered change .5 a2 web@parked
shown-theirs .5 a2 web@parked
shown .5 a2 web@parked
known?
  .5 a3
asked release .5 a3 new@me
  leave pool office
answered release .5 a3 new@me
  free .5 new@me
removed .5 a3 new@me
answered look .5 a3 new@me
shown .5 a3 new@me
known?
`,
    ],
    [
      'what others are to look after is there still, as it was shown last: an answer that shows it so again is not late',
      `
answered create .5 a1
  take .5 web@me
shown .5 a1
asked change .5 a1 web@me web@parked
  leave pool office
answered change .5 a2 web@parked
  take .5 web@parked
shown-theirs .5 a2 web@parked
  free .5 web@parked
over? .5 a1
  over
over? .5 a2 web@parked
listed-own v9
over? .5 a2 web@parked
over? .5 a3 web@me
  over
over? .5 a4 web@other
`,
    ],
    [
      'of own claims a list shows what is parked and on record here, and else nothing that is parked',
      `
record .5
listed-own v9
over? .5 a2 web@parked
  over
over? .6 b2 web@parked
`,
    ],
  ])('%s', (_what, transcript) => {
    expect(replay(transcript)).toBe(linesOf(transcript).join('\n'));
  });
});
