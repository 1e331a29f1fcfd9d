import { type CniAnswer, decodeAnswer, encodeAnswer } from '../../src/cni/wire.ts';
import { requireSame, requireThat } from './expected.ts';
import { wordOf } from './word.ts';

/** What the shim and the runtime rely on in every answer. @returns its word */
export function checkAnswer(answer: CniAnswer): string {
  const { headers, body } = encodeAnswer(answer);
  for (const value of Object.values(headers)) {
    requireThat(/^[\x20-\x7e]*$/.test(value), 'a header that HTTP does not carry', value);
    // The shim's buffers: shim/berth-cni.c, `step` is the longest.
    requireThat(value.length < 65_536, 'a header that the shim has no room for', value);
  }
  requireSame('round trip of an answer', answer, decodeAnswer(headers, body));
  if (answer.type === 'read') return 'read';
  if (answer.type === 'run') return `run ${answer.command} ${answer.step.split(' ')[0]}`;
  requireThat(Number.isInteger(answer.exit) && answer.exit >= 0 && answer.exit <= 255, 'no exit status', answer.exit);
  return answer.exit === 0 ? 'success' : errorWord(answer.stdout);
}

function errorWord(stdout: string): string {
  const { code, msg, cniVersion } = JSON.parse(stdout) as { code: unknown; msg: unknown; cniVersion: unknown };
  requireThat(typeof code === 'number' && Number.isInteger(code) && code > 0, 'no error code', stdout);
  requireThat(code !== 199 && code !== 999, 'an internal error', stdout);
  requireThat(typeof msg === 'string' && msg !== '', 'an error without a message', stdout);
  requireThat(typeof cniVersion === 'string', 'an error without a version', stdout);
  return `${code} ${wordOf(String(msg))}`;
}
