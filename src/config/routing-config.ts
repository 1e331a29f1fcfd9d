import { path } from './config-values.ts';
import { settings, type Values } from './setting.ts';

/** Of the routing daemon on the same machine. */
export const routingSettings = settings({
  birdConfig: {
    key: 'bgp.birdConfig',
    flag: 'bird-config',
    argument: '<file>',
    schema: path,
    usual: 'none is kept',
    help: "BIRD's configuration file, which the daemon keeps up to date by the topology and what its node has",
    more: "The whole of it is the daemon's ([bgp.md](bgp.md#kept-by-the-daemon)).",
  },
  birdSocket: {
    key: 'bgp.birdSocket',
    flag: 'bird-socket',
    argument: '<path>',
    schema: path,
    default: '/run/bird/bird.ctl',
    help: "BIRD's control socket, by which it is told to read that file",
  },
});

/** A BIRD whose file the daemon keeps. */
export interface BirdConfig {
  readonly file: string;
  readonly socket: string;
}

/** @returns undefined: nobody asked for it */
export function birdConfigOf({ birdConfig, birdSocket }: Values<typeof routingSettings>): BirdConfig | undefined {
  return birdConfig === undefined ? undefined : { file: birdConfig, socket: birdSocket };
}
