import { type CniHandler, createCniHandler } from '../../../src/cni/handler.ts';
import type { Verb } from '../../../src/cni/version.ts';
import type { CniAnswer, ProgramRun } from '../../../src/cni/wire.ts';
import { checkAnswer } from '../cni-answer.ts';
import { cniTokens } from '../cni-tokens.ts';
import { requireSame } from '../expected.ts';
import type { Target } from '../target.ts';
import { newWorld } from '../world.ts';

const verbs: readonly Verb[] = ['VERSION', 'STATUS', 'ADD', 'ADD', 'CHECK', 'GC', 'DEL', 'DEL'];

/** A network configuration on standard input: every verb with it, as IPAM plugin and as main plugin. */
export const cniStdin: Target = {
  name: 'cni-stdin',
  dictionary: cniTokens,
  run: async (input) => {
    const { daemon, log, end } = await newWorld();
    const handler = createCniHandler({ ipam: daemon.ipam, log, readFile: async () => 'nameserver 10.0.0.10\n' });
    const answers: CniAnswer[] = [];
    for (const verb of verbs) answers.push(await call(handler, 'ipam-plugin', verb, input));
    const [, , first, second] = answers;
    requireSame('a repeated ADD', first, second);
    for (const verb of ['ADD', 'CHECK', 'DEL'] as const) answers.push(...(await wire(handler, verb, input)));
    const words = answers.map(checkAnswer);
    await end();
    return words.join(', ');
  },
};

/** The delegate of the main plugin fails and prints the input: both the step and the output come back. */
async function wire(handler: CniHandler, verb: Verb, input: Buffer): Promise<readonly CniAnswer[]> {
  const answers: CniAnswer[] = [];
  let ran: ProgramRun | undefined;
  do {
    const answer = await call(handler, 'ipam-cni', verb, input, ran);
    answers.push(answer);
    ran = answer.type === 'run' ? { step: answer.step, exit: 1, stdout: input } : undefined;
  } while (ran !== undefined && answers.length < 4);
  return answers;
}

function call(handler: CniHandler, program: string, verb: Verb, stdin: Buffer, ran?: ProgramRun): Promise<CniAnswer> {
  const environment = new Map([
    ['CNI_COMMAND', verb],
    ['CNI_CONTAINERID', 'c1'],
    ['CNI_IFNAME', 'eth0'],
    ['CNI_NETNS', '/run/netns/c1'],
    ['CNI_PATH', '/opt/cni/bin'],
  ]);
  // The wiring fails: its interface never comes to be.
  return handler({ program, environment, stdin, execution: { id: 'x1', interface: 'absent' }, canRead: false, ran });
}
