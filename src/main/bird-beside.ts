import type { BirdConfig } from '../config/routing-config.ts';
import type { BirdBeside } from '../daemon/routing/bird-beside.ts';
import { BirdSocket } from '../daemon/routing/bird-control.ts';
import { RoutesFile } from '../daemon/routing/routes-file.ts';

/** @returns undefined: nobody asked for it */
export function birdBeside(config: BirdConfig | undefined): BirdBeside | undefined {
  return config && { file: new RoutesFile(config.file), control: new BirdSocket(config.socket) };
}
