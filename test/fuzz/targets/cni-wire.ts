import { decodeCall, encodeCall } from '../../../src/cni/wire.ts';
import { refusedOr, requireSame } from '../expected.ts';
import type { Target } from '../target.ts';

/** Most variables that a call has room for beside its other five fields. */
const variableLimit = 59;

/** What arrives at the daemon's socket from an executable. */
export const cniWire: Target = {
  name: 'cni-wire',
  dictionary: [
    ...[
      'argv0 11\nipam-plugin\n',
      'env 15\nCNI_COMMAND=ADD\n',
      'stdin 2\n{}\n',
      'step 4\nwire\n',
      'exit 1\n1\n',
      'stdout 0\n\n',
      'execution 2\nx1\n',
      'interface 6\nabsent\n',
    ],
    ...[
      'argv0',
      'env',
      'stdin',
      'step',
      'exit',
      'stdout',
      ' ',
      '\n',
      '=',
      '0',
      '1',
      '999999999',
      '-1',
      '1e3',
      '٣',
      '\0',
    ],
  ],
  run: (input) => {
    const outcome = refusedOr(() => decodeCall(input));
    if ('refused' in outcome) return outcome.refused;
    const call = outcome.made;
    if (call.environment.size <= variableLimit) {
      requireSame('round trip of a call', call, decodeCall(encodeCall(call)));
    }
    return `call with ${call.environment.size} variables, ${call.ran === undefined ? 'first' : 'on the way back'}`;
  },
};
