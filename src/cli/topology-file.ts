import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { type LoadedTopology, loadTopology } from '../topology/load.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** @param file its path, or `-`: standard input @throws CliError usage, IpamError invalid-config with each mistake and its line */
export async function readTopologyFile(file: string): Promise<LoadedTopology> {
  if (file === '-') return loadTopology(await text(process.stdin), 'standard input');
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`cannot read ${file}: ${(error as Error).message}`, { code: 'usage', exit: exitCodes.usage });
  }
  return loadTopology(content, file);
}
