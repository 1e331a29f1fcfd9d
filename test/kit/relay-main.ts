import { connect, createServer } from 'node:net';
import { join } from 'node:path';

/** Runs in a namespace: what comes on `<folder>/<host>:<port>` goes to that host and port, and back. */
const [folder = '', ...targets] = process.argv.slice(2);
let listening = 0;
for (const target of targets) {
  const colon = target.lastIndexOf(':');
  const [host, port] = [target.slice(0, colon), Number(target.slice(colon + 1))];
  const server = createServer({ allowHalfOpen: true }, (here) => {
    const there = connect({ host, port, allowHalfOpen: true });
    here.pipe(there).pipe(here);
    here.on('error', () => there.destroy()).on('close', () => there.destroy());
    there.on('error', () => here.destroy()).on('close', () => here.destroy());
  });
  server.listen(join(folder, target), () => {
    listening += 1;
    if (listening === targets.length) process.stdout.write('ready\n');
  });
}
