import { describe, expect, it } from 'vitest';
import type { HistoryEntry, HistoryNote } from './entry.ts';
import { emptyRecord, HistoryRecorder, type RecorderState } from './recorder.ts';

/** A machine whose clock may be put, and which may be started anew. */
class Machine {
  elapsed = 10_000;
  offset = 1_796_000_000_000;
  readonly time = { now: () => this.offset + this.elapsed, elapsed: () => this.elapsed };

  pass(ms: number): void {
    this.elapsed += ms;
  }

  put(by: number): void {
    this.offset += by;
  }
}

const note: HistoryNote = { what: 'allocated', node: 'n', addresses: [{ address: '10.0.0.1', pool: 'p' }] };
const brief = ({ what, sequence, by }: HistoryEntry) => [sequence, what, ...(by === undefined ? [] : [by])];

function begun(machine: Machine, boot: string | undefined, state: RecorderState = emptyRecord) {
  const recorder = new HistoryRecorder(machine.time, state);
  return { recorder, first: recorder.started({ node: 'n', boot }).map(brief) };
}

describe('a record', () => {
  it('numbers its entries one by one, over restarts too', () => {
    const machine = new Machine();
    const { recorder, first } = begun(machine, 'boot-1');
    expect([...first, ...recorder.entriesOf([note, note]).map(brief)]).toEqual([
      [1, 'started'],
      [2, 'allocated'],
      [3, 'allocated'],
    ]);
    machine.pass(60_000);
    expect(begun(machine, 'boot-1', recorder.state).first).toEqual([[4, 'started']]);
  });

  it('says before the next entry that the clock was put, and by how much', () => {
    const machine = new Machine();
    const { recorder } = begun(machine, 'boot-1');
    machine.put(-3_600_000);
    expect(recorder.isClockSet).toBe(true);
    expect(recorder.entriesOf([note]).map(brief)).toEqual([
      [2, 'clock-set', -3_600_000],
      [3, 'allocated'],
    ]);
    expect(recorder.entriesOf([note]).map(brief)).toEqual([[4, 'allocated']]);
  });

  it('takes what NTP slews for no step', () => {
    const machine = new Machine();
    const { recorder } = begun(machine, 'boot-1');
    machine.put(900);
    expect(recorder.isClockSet).toBe(false);
  });

  it.each<readonly [string, string | undefined, number, readonly (readonly unknown[])[]]>([
    ['forward, of the same start of the machine', 'boot-1', 7_200_000, [[2, 'clock-set', 7_200_000]]],
    ['back, of the same start of the machine', 'boot-1', -7_200_000, [[2, 'clock-set', -7_200_000]]],
    ['forward, of another start, where it may have been off as long', 'boot-2', 7_200_000, []],
    ['back, of another start', 'boot-2', -7_200_000, [[2, 'clock-set', -7_199_000]]],
    ['back, where the system does not tell of starts', undefined, -7_200_000, [[2, 'clock-set', -7_199_000]]],
  ])('finds at a start that the clock was put meanwhile: %s', (_, boot, by, steps) => {
    const machine = new Machine();
    const { recorder } = begun(machine, 'boot-1');
    machine.pass(1_000);
    machine.put(by);
    const { first } = begun(machine, boot, recorder.state);
    expect(first.slice(0, -1)).toEqual(steps);
    expect(first.at(-1)?.[1]).toBe('started');
  });

  it('remembers for what goes by age that a machine which was off may have had another clock', () => {
    const machine = new Machine();
    const { recorder } = begun(machine, 'boot-1');
    machine.put(86_400_000);
    expect(begun(machine, 'boot-2', recorder.state).recorder.state.clock?.steps).toEqual([
      { sequence: 2, by: 86_400_000 },
    ]);
  });

  it('has the numbers again of what could not be kept, and says again that the clock was put', () => {
    const machine = new Machine();
    const { recorder } = begun(machine, 'boot-1');
    machine.put(5_000);
    const before = recorder.state;
    recorder.entriesOf([note]);
    recorder.restore(before);
    expect(recorder.entriesOf([note]).map(brief)).toEqual([
      [2, 'clock-set', 5_000],
      [3, 'allocated'],
    ]);
  });
});
