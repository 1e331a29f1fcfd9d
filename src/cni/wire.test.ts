import { describe, expect, it } from 'vitest';
import { type CniAnswer, type CniCall, decodeAnswer, decodeCall, encodeAnswer, encodeCall } from './wire.ts';

const call: CniCall = {
  program: 'ipam-plugin',
  environment: new Map([
    ['CNI_COMMAND', 'ADD'],
    ['CNI_ARGS', 'IP=10.0.0.5\nand a line'],
  ]),
  stdin: Buffer.from([0, 0x0a, 0xff, 0x20]),
  execution: { id: 'A1', interface: 'absent' },
  canRead: false,
  ran: undefined,
};
const ran = { step: 'undo 1 eA', exit: 3, stdout: Buffer.from('{"code": 5}\n') };
const field = (name: string, value: string) => `${name} ${Buffer.byteLength(value)}\n${value}\n`;

describe('a call on its way to the daemon', () => {
  it.each<[string, CniCall]>([
    ['as it is, whatever bytes it has', call],
    ['with the program that was run for it', { ...call, ran }],
    ['of an executable that reads files', { ...call, canRead: true }],
    ['of an executable that does not tell its execution', { ...call, execution: { id: '', interface: 'unknown' } }],
  ])('comes in %s', (_how, sent) => expect(decodeCall(encodeCall(sent))).toEqual(sent));

  it.each([
    ['no field where one should begin', 'stdin', 'no field begins at byte 0'],
    ['a length that is no number', 'stdin x\n\n', 'no field begins at byte 0'],
    ['a field that is longer than what came', 'stdin 9\nabc\n', 'field "stdin" does not end where it says'],
    ['a field without its end', 'stdin 3\nabcd', 'field "stdin" does not end where it says'],
    ['a variable without a value', field('env', 'CNI_ARGS'), 'variable "CNI_ARGS" has no "="'],
    ['an exit status that is none', field('exit', '-1'), '"-1" is no exit status'],
    ['an execution with other letters', field('execution', 'a b'), '"a b" names no execution'],
    ['an interface that may be', field('interface', 'maybe'), 'an interface is not "maybe"'],
    ['more fields than there may be', field('env', 'A=b').repeat(68), 'more than 67 fields'],
  ])('is refused for %s', (_what, body, says) => {
    expect(() => decodeCall(Buffer.from(body))).toThrow(`malformed CNI call: ${says}`);
  });
});

describe('an answer on its way back', () => {
  it.each<[string, CniAnswer]>([
    ['to print', { type: 'print', exit: 1, stdout: '{"code": 7}\n' }],
    ['to read a file, of whatever name', { type: 'read', path: '/etc/名/resolv.conf', step: 'resolvConf' }],
    ['to run a program', { type: 'run', program: 'ptp', command: 'ADD', step: 'wire', stdin: '{}' }],
  ])('is the same: %s', (_what, answer) => {
    const { headers, body } = encodeAnswer(answer);
    expect(decodeAnswer(headers, body)).toEqual(answer);
  });

  it('is refused when it says neither', () => {
    expect(() => decodeAnswer({ 'berth-run': 'ptp' }, '')).toThrow('the answer says neither exit nor run nor read');
  });
});
