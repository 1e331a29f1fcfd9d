import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../kit/random.ts';
import { linearizability } from './linearizability.ts';
import { type Action, after, type Operation, type Outcome, type State } from './operation.ts';

const key = '10.0.0.1';
const create = (token: string): Action => ({ type: 'create', token });
const remove = (from?: string): Action => ({ type: 'delete', from });
const read: Action = { type: 'read' };
const done: Outcome = { type: 'done' };
const gone: Outcome = { type: 'gone' };
const unknown: Outcome = { type: 'unknown' };
const saw = (token?: string): Outcome => ({ type: 'saw', token });

function op(calledAt: number, answeredAt: number, action: Action, outcome: Outcome): Operation {
  return { key, client: 'c', action, outcome, calledAt, answeredAt };
}

/** Tries every order: what the checker must agree with. */
function isExplainedByBruteForce(left: readonly Operation[], state: State): boolean {
  if (left.every(({ outcome }) => outcome.type === 'unknown')) return true;
  const firstAnswer = Math.min(
    ...left.map(({ outcome, answeredAt }) => (outcome.type === 'unknown' ? Infinity : answeredAt)),
  );
  return left.some((candidate, index) => {
    if (candidate.calledAt > firstAnswer) return false;
    const next = after(state, candidate.action, candidate.outcome);
    return next !== 'impossible' && isExplainedByBruteForce(left.toSpliced(index, 1), next.state);
  });
}

/** A history that did happen: operations take effect at a moment of their own between call and answer. */
function truthfulHistory(random: Random, count: number): Operation[] {
  const planned = Array.from({ length: count }, (_, n) => {
    const calledAt = random.below(100);
    const effectAt = calledAt + random.below(20);
    return { n, calledAt, effectAt, answeredAt: effectAt + random.below(20), isLost: random.below(8) === 0 };
  }).toSorted((a, b) => a.effectAt - b.effectAt || a.n - b.n);
  let state: State;
  return planned.map(({ n, calledAt, answeredAt, isLost }) => {
    const action = random.pick<Action>([
      create(`t${n}`),
      { type: 'update', from: state ?? 'none', token: `t${n}` },
      remove(state),
      remove(),
      read,
    ]);
    const outcome = outcomes(state).find((one) => after(state, action, one) !== 'impossible') ?? unknown;
    const next = after(state, action, outcome);
    if (next !== 'impossible') state = next.state;
    return op(calledAt, isLost ? Infinity : answeredAt, action, isLost ? unknown : outcome);
  });
}

function outcomes(state: State): readonly Outcome[] {
  return [saw(state), done, { type: 'already-exists' }, { type: 'conflict' }, { type: 'not-found' }];
}

describe('linearizability', () => {
  it.each<[string, readonly Operation[], boolean]>([
    ['one after the other', [op(0, 1, create('a'), done), op(2, 3, read, saw('a')), op(4, 5, remove('a'), done)], true],
    ['the same address twice', [op(0, 1, create('a'), done), op(2, 3, create('b'), done)], false],
    ['the same address twice, at once', [op(0, 3, create('a'), done), op(1, 2, create('b'), done)], false],
    ['a claim that is gone', [op(0, 1, create('a'), done), op(2, 3, read, saw())], false],
    ['a stale read', [op(0, 1, create('a'), done), op(2, 3, remove('a'), done), op(4, 5, read, saw('a'))], false],
    ['a read at the same time', [op(0, 4, create('a'), done), op(1, 2, read, saw()), op(2, 3, read, saw('a'))], true],
    ['two reads that disagree', [op(0, 9, create('a'), done), op(1, 2, read, saw('a')), op(3, 4, read, saw())], false],
    ['a lost answer that had an effect', [op(0, Infinity, create('a'), unknown), op(5, 6, read, saw('a'))], true],
    ['a lost answer with no effect', [op(0, Infinity, create('a'), unknown), op(5, 6, create('b'), done)], true],
    [
      'a lost answer that took effect late',
      [op(0, Infinity, create('a'), unknown), op(5, 6, read, saw()), op(7, 8, create('b'), { type: 'already-exists' })],
      true,
    ],
    [
      'a lost answer that took effect and did not',
      [op(0, Infinity, create('a'), unknown), op(5, 6, read, saw('a')), op(7, 8, create('b'), done)],
      false,
    ],
    ['a refusal for no reason', [op(0, 1, create('a'), { type: 'already-exists' })], false],
    [
      'a delete of another version',
      [op(0, 1, create('a'), done), op(2, 3, remove('b'), { type: 'conflict' }), op(4, 5, read, saw('a'))],
      true,
    ],
    [
      'two repeated deletes of one object',
      [op(0, 1, create('a'), done), op(2, 3, remove('a'), gone), op(4, 5, remove('a'), gone), op(6, 7, read, saw())],
      true,
    ],
    [
      'a repeated delete that left the object there',
      [op(0, 1, create('a'), done), op(2, 3, remove('a'), gone), op(4, 5, read, saw('a'))],
      false,
    ],
    ['a repeated delete of another version', [op(0, 1, create('a'), done), op(2, 3, remove('b'), gone)], false],
  ])('judges %s', (_name, history, expected) => {
    expect(linearizability(history).type === 'linearizable').toBe(expected);
    expect(isExplainedByBruteForce(history, undefined)).toBe(expected);
  });

  it('knows what was there before', () => {
    expect(linearizability([op(0, 1, read, saw('a'))], () => 'a').type).toBe('linearizable');
    expect(linearizability([op(0, 1, read, saw('a'))]).type).toBe('broken');
  });

  it('names the object that no order explains, and judges each by itself', () => {
    const good = op(0, 1, create('a'), done);
    const bad = { ...op(2, 3, read, saw('z')), key: '10.0.0.2' };
    expect(linearizability([good, bad])).toMatchObject({ type: 'broken', key: '10.0.0.2', operations: [bad] });
    expect(linearizability([good])).toEqual({ type: 'linearizable', keys: 1, operations: 1 });
  });

  it('believes what did happen', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const history = truthfulHistory(new Random(seed), 40);
      expect(linearizability(history), `seed ${seed}`).toMatchObject({ type: 'linearizable' });
    }
  });

  it('agrees with trying every order', () => {
    const actions = constantFrom(
      create('a'),
      create('b'),
      { type: 'update', from: 'a', token: 'b' } as Action,
      remove('a'),
      remove(),
      read,
    );
    const results = constantFrom<Outcome>(
      done,
      saw(),
      saw('a'),
      { type: 'already-exists' },
      { type: 'not-found' },
      unknown,
    );
    const operations = array(
      record({
        action: actions,
        outcome: results,
        calledAt: integer({ min: 0, max: 12 }),
        takes: integer({ min: 0, max: 6 }),
      }),
      { maxLength: 6 },
    );
    assert(
      property(operations, (raw) => {
        const history = raw.map(({ action, outcome, calledAt, takes }) =>
          op(calledAt, outcome.type === 'unknown' ? Infinity : calledAt + takes, action, outcome),
        );
        expect(linearizability(history).type === 'linearizable').toBe(isExplainedByBruteForce(history, undefined));
      }),
      { numRuns: 2_000 },
    );
  });
});
