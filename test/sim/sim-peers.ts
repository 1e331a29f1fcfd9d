import { checkReportOf } from '../../src/ipam/check-report.ts';
import type { ClusterwideAdministration, Peers } from '../../src/ipam/cluster-port.ts';
import { findHere, ownBlocks } from '../../src/ipam/own-answers.ts';
import { IpamError } from '../../src/resources/errors.ts';
import type { Random } from '../kit/random.ts';
import type { SimNode } from './sim-node.ts';
import type { World } from './world.ts';

/** Longest that a question or an answer is on its way. */
const wayMs = 20;
const lostChance = 0.15;

/** How daemons ask one another: over a network that loses questions, of processes that may be away. */
export function simPeers(world: World, own: string, nodes: () => readonly SimNode[], random: Random): Peers {
  const others = (): readonly SimNode[] => nodes().filter(({ name }) => name !== own);
  async function ask<T>(name: string, act: (administration: ClusterwideAdministration) => Promise<T> | T): Promise<T> {
    await passing(world, random);
    const administration = others().find((node) => node.name === name)?.daemon?.administration;
    if (administration === undefined || (!world.calm && random.next() < lostChance)) throw silent(name);
    const answer = await act(administration);
    await passing(world, random);
    return answer;
  }
  return {
    nodes: async () => others().flatMap(({ name, daemon }) => (daemon === undefined ? [] : [name])),
    blocks: (node) => ask(node, (administration) => ownBlocks(administration)),
    page: (node, request) => ask(node, (administration) => administration.page(request)),
    find: (node, subject) => ask(node, (administration) => findHere(administration, subject)),
    check: (node) => ask(node, checkReportOf),
    due: (node) => ask(node, (administration) => administration.due()),
    explain: (node, subject) => ask(node, (administration) => administration.explain(subject)),
    forecast: (node) => ask(node, (administration) => administration.forecast({ kind: 'node', name: node })),
    history: (node, question) => ask(node, (administration) => administration.history(question)),
  };
}

function passing(world: World, random: Random): Promise<void> {
  return new Promise((resolve) => world.scheduler.after(random.next() * wayMs, resolve));
}

function silent(name: string): IpamError {
  return new IpamError('store-unavailable', `no answer of ${name}`);
}
