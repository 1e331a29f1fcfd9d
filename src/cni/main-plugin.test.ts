import { describe, expect, it } from 'vitest';
import { mainPluginAnswer } from './main-plugin.ts';
import type { Verb } from './version.ts';
import type { CniCall, ProgramRun } from './wire.ts';

const config = {
  name: 'net',
  type: 'ipam-cni',
  cniVersion: '1.1.0',
  mtu: 1400,
  ipam: { type: 'ipam-cni', pools: ['a'] },
};
const call = (ran?: ProgramRun): CniCall => ({
  program: 'ipam-cni',
  environment: new Map(),
  stdin: Buffer.alloc(0),
  execution: { id: '', interface: 'unknown' },
  canRead: false,
  ran,
});
const ran = (step: string, exit: number, stdout: string): ProgramRun => ({ step, exit, stdout: Buffer.from(stdout) });
const answerTo = (verb: Verb, of?: ProgramRun) => mainPluginAnswer(verb, call(of), config, '1.1.0');
const printed = (verb: Verb, of: ProgramRun) => {
  const answer = answerTo(verb, of);
  if (answer?.type !== 'print') throw new Error(`it ${answer?.type}s`);
  return answer;
};

describe('ipam-cni', () => {
  it.each<Verb>(['ADD', 'DEL', 'CHECK'])('leaves %s to the plugin that wires, with us for the addresses', (verb) => {
    const answer = answerTo(verb);
    expect(answer).toMatchObject({ type: 'run', program: 'ptp', command: verb, step: 'wire' });
    expect(JSON.parse(answer?.type === 'run' ? answer.stdin : '')).toEqual({
      ...config,
      type: 'ptp',
      cniVersion: '1.0.0',
      ipam: { type: 'ipam-plugin', pools: ['a'] },
    });
  });

  it.each<Verb>(['GC', 'STATUS', 'VERSION'])('answers %s itself', (verb) => expect(answerTo(verb)).toBeUndefined());

  it('gives the result in the version that was asked for', () => {
    const { stdout, exit } = printed('ADD', ran('wire', 0, '{"cniVersion": "1.0.0", "ips": []}'));
    expect([exit, JSON.parse(stdout)]).toEqual([0, { cniVersion: '1.1.0', ips: [] }]);
  });

  it('undoes an ADD that failed, and gives its error then', () => {
    const failure = '{"code": 11, "msg": "later"}';
    const undo = answerTo('ADD', ran('wire', 2, failure));
    expect(undo).toMatchObject({ type: 'run', command: 'DEL', step: expect.stringMatching(/^undo 2 /) });
    const step = undo?.type === 'run' ? undo.step : '';
    const { stdout, exit } = printed('ADD', ran(step, 0, ''));
    expect([exit, JSON.parse(stdout)]).toEqual([2, { code: 11, msg: 'later', cniVersion: '1.1.0' }]);
  });

  it.each([
    ['without a word', '', 'ptp ended with status 139 without a word'],
    ['with other words', 'panic', 'ptp ended with status 139 saying "panic"'],
  ])('says how the other one ended that failed %s', (_how, stdout, msg) => {
    expect(JSON.parse(printed('DEL', ran('wire', 139, stdout)).stdout)).toMatchObject({ code: 5, msg });
  });

  it.each([
    ['nowhere', '', 'install the reference CNI plugins'],
    ['elsewhere', '/usr/lib/cni/ptp', 'add /usr/lib/cni to the plugin directories'],
    ['at a path with quotes in it', '/a"b/ptp', 'install the reference CNI plugins'],
  ])('says what to do when the other one is %s', (_where, path, advice) => {
    expect(JSON.parse(printed('ADD', ran('wire', 127, path)).stdout).details).toContain(advice);
  });
});
