import { createCniHandler } from '../../../src/cni/handler.ts';
import { checkAnswer } from '../cni-answer.ts';
import type { Target } from '../target.ts';
import { newWorld } from '../world.ts';

/** A byte that is in no UTF-8 text, between the variables. */
const separator = 0xff;

const stdin = Buffer.from(
  JSON.stringify({
    cniVersion: '1.1.0',
    name: 'net',
    type: 'ptp',
    ipam: { type: 'ipam-plugin' },
    'cni.dev/valid-attachments': [],
  }),
);

/** Each variable with any value: control characters, kilobytes, halves of characters. */
export const cniEnvironment: Target = {
  name: 'cni-environment',
  dictionary: [
    ...['CNI_COMMAND=', 'CNI_CONTAINERID=', 'CNI_IFNAME=', 'CNI_NETNS=', 'CNI_PATH=', 'CNI_ARGS='],
    ...['ADD', 'DEL', 'CHECK', 'GC', 'STATUS', 'VERSION', 'c1', 'eth0', '/run/netns/c1', '/opt/cni/bin'],
    ...[
      'IgnoreUnknown=1',
      'IP=',
      'IP=10.0.0.9',
      'IP=fd00::9/64',
      'K8S_POD_NAME=',
      'K8S_POD_NAMESPACE=',
      'K8S_POD_UID=',
    ],
    ...[';', '=', ',', '/', '.', '..', ':', '\n', '\0', '\x7f', '\u0085', '\u2028', 'é', '日本', '😀', '%s', ' '],
  ],
  run: async (input) => {
    const { daemon, log, end } = await newWorld();
    const handler = createCniHandler({ ipam: daemon.ipam, log, readFile: async () => '' });
    const environment = environmentOf(input);
    const words: string[] = [];
    // What an ADD made with these values can be found again under them, and given back.
    for (const command of [environment.get('CNI_COMMAND') ?? '', 'CHECK', 'DEL']) {
      const commanded = new Map([...environment, ['CNI_COMMAND', command]]);
      words.push(
        checkAnswer(
          await handler({
            program: 'ipam-plugin',
            environment: commanded,
            stdin,
            execution: { id: 'x1', interface: 'absent' },
            canRead: false,
            ran: undefined,
          }),
        ),
      );
    }
    await end();
    return words.join(', ');
  },
};

function environmentOf(input: Buffer): ReadonlyMap<string, string> {
  const environment = new Map<string, string>();
  for (let at = 0; at < input.length; ) {
    const end = input.indexOf(separator, at);
    const text = input.subarray(at, end < 0 ? input.length : end).toString();
    const equals = text.indexOf('=');
    if (equals > 0) environment.set(text.slice(0, equals), text.slice(equals + 1));
    at = end < 0 ? input.length : end + 1;
  }
  return environment;
}
