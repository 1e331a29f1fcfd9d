import { describe, expect, it } from 'vitest';
import type { Configured } from './bird-replies.ts';
import { KeptConfig } from './kept-config.ts';

const taken: Configured = { outcome: 'taken' };
const refused: Configured = { outcome: 'refused', reason: 'syntax error' };
const failed: Configured = { outcome: 'failed', reason: 'ENOENT' };

/** A file and a BIRD that answers in this way. @returns what is done until nothing is left, or nobody answers */
function keep(kept: KeptConfig, wanted: string, bird: (text: string) => Configured = () => taken): readonly string[] {
  const done: string[] = [];
  let file = '';
  for (let step = kept.next(wanted); step.type !== 'nothing'; step = kept.next(wanted)) {
    if (step.type === 'write') {
      file = step.text;
      kept.wrote(file);
      done.push(`write ${file}`);
      continue;
    }
    const answer = bird(file);
    kept.answered(answer);
    done.push(answer.outcome);
    if (answer.outcome === 'failed') break;
  }
  return done;
}

describe('the file that is kept for BIRD', () => {
  it('is written and read when it is another, and left alone when it is not', () => {
    const kept = new KeptConfig();
    expect(keep(kept, 'one')).toEqual(['write one', 'taken']);
    expect(keep(kept, 'one')).toEqual([]);
    expect(keep(kept, 'two')).toEqual(['write two', 'taken']);
  });

  it('is read once after a start: nobody knows what BIRD has seen of it', () => {
    const kept = new KeptConfig();
    kept.seen('one');
    expect(keep(kept, 'one')).toEqual(['taken']);
  });

  it('is written again when somebody else changed it or took it away', () => {
    const kept = new KeptConfig();
    keep(kept, 'one');
    for (const other of ['an operator', undefined]) {
      kept.seen(other);
      expect(keep(kept, 'one')).toEqual(['write one', 'taken']);
    }
  });

  it('is read again when BIRD was away', () => {
    const kept = new KeptConfig();
    expect(keep(kept, 'one', () => failed)).toEqual(['write one', 'failed']);
    expect(keep(kept, 'one')).toEqual(['taken']);
    kept.away();
    expect(keep(kept, 'one')).toEqual(['taken']);
  });

  it('has what BIRD took before when BIRD refuses a text, and that one is not tried again before it may be another BIRD', () => {
    const kept = new KeptConfig();
    const refusesTwo = (text: string) => (text === 'two' ? refused : taken);
    keep(kept, 'one');
    expect(keep(kept, 'two', refusesTwo)).toEqual(['write two', 'refused', 'write one']);
    expect([keep(kept, 'two', refusesTwo), kept.isRefused('two')]).toEqual([[], true]);
    kept.away();
    expect(keep(kept, 'two', refusesTwo)).toEqual([]);
    kept.forgive();
    expect(keep(kept, 'two')).toEqual(['write two', 'taken']);
  });

  it('has what an operator wrote when BIRD refuses the first text', () => {
    const kept = new KeptConfig();
    kept.seen('by hand');
    expect(keep(kept, 'one', () => refused)).toEqual(['write one', 'refused', 'write by hand']);
  });

  it('goes on from what BIRD has when what is wanted is that again', () => {
    const kept = new KeptConfig();
    keep(kept, 'one');
    keep(kept, 'two', () => refused);
    expect(keep(kept, 'one')).toEqual([]);
    expect(keep(kept, 'three')).toEqual(['write three', 'taken']);
    expect(keep(kept, 'four', () => refused)).toEqual(['write four', 'refused', 'write three']);
  });

  it('keeps what is refused where there was nothing before', () => {
    const kept = new KeptConfig();
    expect(keep(kept, 'one', () => refused)).toEqual(['write one', 'refused']);
    expect(keep(kept, 'one')).toEqual([]);
  });
});
