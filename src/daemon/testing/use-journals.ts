/**
 * Child process of a test: opens journals one after the other, says what each has, and goes on writing to it. What ends
 * this process, would have ended a daemon.
 */
import type { Allocation } from '../../ipam/allocation.ts';
import { LmdbJournal } from '../journal/lmdb-journal.ts';

const another = (index: number): Allocation => ({
  attachment: { network: 'net', containerId: `after-${index}`, ifname: 'eth0' },
  node: 'node1',
  netns: '',
  addresses: [{ address: `10.9.0.${index}`, prefixLength: 24, pool: 'p', routes: [] }],
  createdAt: 1,
});

for (const directory of process.argv.slice(2)) {
  process.stdout.write(`${directory} `);
  const journal = new LmdbJournal(directory);
  const held = journal.load().allocations.map(({ attachment, addresses }) => [attachment, addresses]);
  for (let index = 1; index < 40; index += 1) {
    await journal.commit([{ type: 'hold', allocation: another(index) }]);
    if (index % 3 === 0) await journal.commit([{ type: 'drop', allocation: another(index) }]);
  }
  const after = journal.load().allocations.length - 26;
  await journal.close();
  process.stdout.write(`${after} ${JSON.stringify(held)}\n`);
}
