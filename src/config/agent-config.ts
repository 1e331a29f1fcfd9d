import { IpamError } from '../resources/errors.ts';
import type { MemberValues } from './members-config.ts';

/** A daemon that keeps no state of the cluster itself: members do. */
export interface AgentConfig {
  /** Members to begin with; the others are learned from them. */
  readonly servers: readonly string[];
}

/** @returns undefined when this daemon is no agent @throws IpamError invalid-config */
export function agentConfig(
  { agent, bootstrap, joinAddr = [], peers = [] }: MemberValues,
  engine: string | undefined,
): AgentConfig | undefined {
  if (!agent) return undefined;
  const refuse = (message: string, advice: string): never => {
    throw new IpamError('invalid-config', `raft.agent (--agent): ${message}`, { advice, facts: { key: 'raft.agent' } });
  };
  if (bootstrap) refuse('an agent begins no cluster', 'leave out --agent or --bootstrap (raft.bootstrap)');
  if (engine !== undefined && engine !== 'etcd')
    refuse(`store.engine: ${engine} needs no agents`, 'leave out --agent, or store.engine');
  const servers = [...new Set([...joinAddr, ...peers])];
  if (servers.length === 0) refuse('no member is named', 'name one or more: --join=ipam-1:7000,ipam-2:7000');
  return { servers };
}
