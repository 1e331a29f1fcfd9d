import { comparePrefixes, parsePrefix } from '../../../ip/prefix.ts';
import {
  type Allocation,
  type AllocationFilter,
  compareListPlaces,
  isOf,
  type ListPlace,
  listPlaceOf,
} from '../../../ipam/allocation.ts';
import { checkReportOf, joinReports } from '../../../ipam/check-report.ts';
import type {
  CheckReport,
  ClusterAdministration,
  Found,
  OfNode,
  Peers,
  RecordName,
  Subject,
  Told,
  Unanswered,
} from '../../../ipam/cluster-port.ts';
import type { ExplainSubject, Explanation } from '../../../ipam/explain/explanation.ts';
import type { FreeAddresses } from '../../../ipam/explain/free.ts';
import type { Forecast, ForecastSubject } from '../../../ipam/forecast/usage-record.ts';
import type { HistoryQuestion } from '../../../ipam/history/question.ts';
import type { NodeHistory } from '../../../ipam/history/reading.ts';
import type { Administration, AllocationPage, BlockUsage, PageRequest, PoolUsage } from '../../../ipam/port.ts';
import type { DueRelease } from '../../../ipam/reclaim/due.ts';
import { sumOf } from '../../../ipam/usage.ts';
import { askEach, byNode, reasonOf } from './ask.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { explainEverywhere } from './explain.ts';
import { findAddress } from './find-address.ts';
import { historyEverywhere } from './history.ts';
import { mergePages, type PageSource } from './merge-pages.ts';
import { StandIns } from './stand-ins.ts';

/**
 * Answers for all daemons: from the store what is there, from each daemon what it alone knows. One that does not answer
 * is named, and what only it knows is unknown; so is what others do while the store is away, which tells of them.
 */
export class WholeCluster implements ClusterAdministration {
  readonly node: string;
  readonly #local: Administration;
  readonly #peers: Peers;
  readonly #parts: ClusterParts;
  readonly #standIns: StandIns;

  constructor(parts: ClusterParts) {
    this.node = parts.node;
    this.#local = parts.local;
    this.#peers = parts.peers;
    this.#parts = parts;
    this.#standIns = new StandIns(parts);
  }

  async blocks(node?: string): Promise<Told<readonly BlockUsage[]>> {
    const known = await this.#local.blocks(node);
    const others = new Set(known.map(({ daemon }) => daemon).filter((daemon) => daemon !== this.node));
    const { answers, unanswered } = await askEach(others, (daemon) => this.#peers.blocks(daemon));
    const told = new Map([...answers.values()].flat().map((block) => [block.cidr, block]));
    const shown = await this.#shownBy(unanswered);
    const value = known.map((block) => {
      if (block.daemon === this.node) return block;
      // One that its daemon does not name went back meanwhile, or is not in its hands yet: nobody who was heard knows.
      if (answers.has(block.daemon)) return told.get(block.cidr) ?? block;
      const used = BigInt(shown.get(block.cidr) ?? 0);
      return { ...block, used, unknown: block.total - used };
    });
    // A lease that this daemon's watch has not shown yet.
    const cidrs = new Set(known.map(({ cidr }) => cidr));
    value.push(...[...told.values()].filter((block) => !cidrs.has(block.cidr) && (node ?? block.node) === block.node));
    return this.#asHeard(value.sort(byPrefix), unanswered);
  }

  async pools(): Promise<Told<readonly PoolUsage[]>> {
    const [{ value: blocks, unanswered }, pools] = await Promise.all([this.blocks(), this.#local.pools()]);
    const leased = Map.groupBy(blocks, ({ pool }) => pool);
    const value = pools.map((pool) => {
      const own = leased.get(pool.name);
      return own === undefined ? pool : { ...pool, blocks: own.length, ...sumOf(own) };
    });
    return { value, unanswered };
  }

  async nodes(): Promise<readonly string[]> {
    const [known, present] = await Promise.all([this.#local.nodes(), this.#peers.nodes()]);
    return [...new Set([...known, ...present])].sort();
  }

  async page(request: PageRequest): Promise<Told<AllocationPage>> {
    const unanswered: Unanswered[] = [];
    const others = await this.#others();
    const own: PageSource = (after, limit) => this.#local.page({ ...request, after, limit });
    const claims = once(() => this.#standIns.claims());
    const sources = [...others].map((daemon) =>
      this.#pagesOf(daemon, request.filter, async (error) => {
        const reason = reasonOf(error);
        if (this.#hasBlocks(daemon, request.filter)) unanswered.push({ node: daemon, reason });
        return this.#standIns.allocationsOf(daemon, (await claims()).get(daemon));
      }),
    );
    const value = await mergePages([own, ...sources], request);
    return this.#asHeard(value, byNode(unanswered));
  }

  async find(subject: Subject): Promise<Told<Found>> {
    if (subject.kind === 'address') {
      const { value, unanswered, isRecorded } = await findAddress(subject.address, {
        ...this.#parts,
        standIns: this.#standIns,
      });
      return isRecorded ? { value, unanswered } : this.#asHeard(value, unanswered);
    }
    const own = await this.#ofSubject(subject);
    // No two nodes have containers of one id; Pods of one name there may be, one of which ends.
    if (own.length > 0 && subject.kind === 'container') return told(own, []);
    const { answers, unanswered } = await askEach(await this.#others(), (node) => this.#peers.find(node, subject));
    const found = [...own, ...[...answers.values()].flatMap(({ allocations }) => allocations)];
    const claims = unanswered.length === 0 ? new Map() : await this.#standIns.claims();
    for (const { node } of unanswered) {
      const known = await this.#standIns.allocationsOf(node, claims.get(node));
      found.push(...known.filter((allocation) => isSubject(allocation, subject)));
    }
    if (found.length > 0 && subject.kind === 'container') return told(found, []);
    return this.#asHeard(
      { allocations: found, state: undefined },
      unanswered.filter(({ node }) => this.#hasBlocks(node, {})),
    );
  }

  async check(): Promise<Told<CheckReport>> {
    const others = await this.#others();
    const asking = askEach(others, (node) => this.#peers.check(node));
    const own = await checkReportOf(this.#local);
    const { answers, unanswered } = await asking;
    return this.#asHeard(joinReports([own, ...answers.values()]), unanswered);
  }

  async due(): Promise<Told<readonly (DueRelease & OfNode)[]>> {
    const { answers, unanswered } = await askEach(await this.#others(), (node) => this.#peers.due(node));
    const all = [[this.node, this.#parts.local.due()] as const, ...answers];
    return this.#asHeard(
      all.flatMap(([node, due]) => due.map((one) => ({ ...one, node }))),
      unanswered,
    );
  }

  async explain(subject: ExplainSubject): Promise<Told<Explanation>> {
    const others = () => this.#others();
    const parts = { ...this.#parts, standIns: this.#standIns, others, cluster: this };
    const { value, unanswered } = await explainEverywhere(subject, parts);
    return this.#asHeard(value, unanswered);
  }

  async history(question: HistoryQuestion, record?: RecordName): Promise<Told<readonly NodeHistory[]>> {
    const others = () => this.#others();
    const { value, unanswered } = await historyEverywhere(question, record, { ...this.#parts, others });
    return this.#asHeard(value, unanswered);
  }

  async forecast(subject?: ForecastSubject): Promise<Told<readonly Forecast[]>> {
    const own = this.#parts.local.forecast(subject);
    const isAsked = (node: string): boolean =>
      subject === undefined || (subject.kind === 'node' && subject.name === node);
    const asked = [...(await this.#others())].filter(isAsked);
    const { answers, unanswered } = await askEach(asked, (node) => this.#peers.forecast(node));
    return { value: [...own, ...[...answers.values()].flat()], unanswered };
  }

  async free(pool: string, next: number): Promise<Told<FreeAddresses>> {
    const page = (request: PageRequest) => this.page(request);
    const { value, unanswered } = await this.#parts.free(pool, next, { page, blocks: () => this.blocks() });
    return { value, unanswered: byNode(unanswered) };
  }

  #asHeard<T>(value: T, unanswered: readonly Unanswered[]): Told<T> {
    const reason = this.#parts.outage();
    return { value, unanswered: reason === '' ? unanswered : [{ node: '', reason }, ...unanswered] };
  }

  /** Other daemons that may have something on record. */
  async #others(): Promise<ReadonlySet<string>> {
    const [known, present] = await Promise.all([this.#standIns.daemons(), this.#peers.nodes()]);
    const others = new Set([...known, ...present]);
    others.delete(this.node);
    return others;
  }

  /** A daemon's list, and from its first failure on what stands in for it. */
  #pagesOf(
    daemon: string,
    filter: AllocationFilter,
    standIn: (error: unknown) => Promise<readonly Allocation[]>,
  ): PageSource {
    let instead: readonly Allocation[] | undefined;
    return async (after, limit) => {
      try {
        if (instead === undefined) return await this.#peers.page(daemon, { filter, after, limit });
      } catch (error) {
        instead = (await standIn(error)).filter((allocation) => isOf(allocation, filter));
      }
      return pageOf(instead, after, limit);
    };
  }

  /** Has it a block of which an allocation that is asked for could be? */
  #hasBlocks(daemon: string, { pool, node }: AllocationFilter): boolean {
    return this.#standIns
      .blocksOf(daemon)
      .some(({ resource: { spec } }) => (pool ?? spec.pool) === spec.pool && (node ?? spec.node) === spec.node);
  }

  /** How many addresses of blocks of silent daemons Pods have, as the API server shows them. */
  async #shownBy(silent: readonly Unanswered[]): Promise<ReadonlyMap<string, number>> {
    const lists = await Promise.all(silent.map(({ node }) => this.#standIns.shownInBlocks(node)));
    const byBlock = Map.groupBy(lists.flat(), ({ addresses }) => addresses[0]?.block ?? '');
    return new Map([...byBlock].map(([cidr, shown]) => [cidr, shown.length]));
  }

  async #ofSubject(subject: Exclude<Subject, { kind: 'address' }>): Promise<readonly Allocation[]> {
    return subject.kind === 'container'
      ? this.#local.ofContainer(subject.id)
      : this.#local.ofPod(subject.namespace, subject.name);
  }
}

function isSubject({ attachment, pod }: Allocation, subject: Exclude<Subject, { kind: 'address' }>): boolean {
  if (subject.kind === 'container') return attachment.containerId === subject.id;
  return pod?.namespace === subject.namespace && pod.name === subject.name;
}

function told(allocations: readonly Allocation[], unanswered: readonly Unanswered[]): Told<Found> {
  return { value: { allocations, state: undefined }, unanswered };
}

/** @param sorted as every list is */
function pageOf(sorted: readonly Allocation[], after: ListPlace | undefined, limit: number): AllocationPage {
  const behind = after === undefined ? sorted : sorted.filter((one) => compareListPlaces(listPlaceOf(one), after) > 0);
  return { allocations: behind.slice(0, limit), isLast: behind.length <= limit, total: sorted.length };
}

function byPrefix(a: BlockUsage, b: BlockUsage): number {
  return comparePrefixes(parsePrefix(a.cidr), parsePrefix(b.cidr));
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
