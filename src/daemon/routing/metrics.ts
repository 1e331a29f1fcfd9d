import { Counter, Gauge, type Registry } from '@prometheus-io/client';
import type { BirdKeeper } from './bird-keeper.ts';

/** What is announced, read when somebody scrapes. */
export function addRoutingMetrics(
  registry: Registry,
  keeper: Pick<BirdKeeper, 'announced' | 'isCurrent' | 'reloads'>,
): void {
  const registers = [registry];
  new Gauge({
    ...{ name: 'ipam_bgp_current', registers },
    help: '1: BIRD goes by what this node has to announce; 0: it does not, or nobody knows',
    collect() {
      this.set(Number(keeper.isCurrent));
    },
  });
  new Gauge({
    ...{ name: 'ipam_bgp_routes', registers, labelNames: ['kind'] },
    help: 'Routes that BIRD was told last to announce: blocks, and single addresses outside of them',
    collect() {
      this.set({ kind: 'block' }, keeper.announced.blocks);
      this.set({ kind: 'host' }, keeper.announced.hosts);
    },
  });
  new Counter({
    ...{ name: 'ipam_bgp_reloads_total', registers, labelNames: ['outcome'] },
    help: 'How often BIRD was told to read its file, by what came of it: taken, refused, failed',
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(keeper.reloads)) this.inc({ outcome }, count);
    },
  });
}
