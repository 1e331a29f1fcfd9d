import type { Command, Option } from 'commander';
import { allKinds } from '../resources/kinds.ts';
import { roles } from '../tls/identity.ts';

export interface Candidate {
  readonly value: string;
  /** Shown beside it by shells that can; empty: nothing. */
  readonly help: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Paths as well: the shell knows them. */
  readonly files: boolean;
}

/** Names that a daemon knows. None where it does not answer at once: whoever types is not kept waiting. */
export interface KnownNames {
  pools(): Promise<readonly string[]>;
  nodes(): Promise<readonly string[]>;
  /** @param node whose; empty: of all */
  blocks(node: string): Promise<readonly string[]>;
  members(): Promise<readonly string[]>;
  /** Of the kind that goes by this word. */
  resources(kind: string): Promise<readonly string[]>;
}

/** Where the words before the cursor lead. */
interface Place {
  readonly command: Command;
  /** Arguments of the command that are there. */
  readonly given: readonly string[];
  /** The option whose value comes next. */
  readonly option: Option | undefined;
  /** After `--` nothing is an option. */
  readonly optionsEnded: boolean;
}

const nothing: Completion = { candidates: [], files: false };
const paths: Completion = { candidates: [], files: true };

/**
 * What may stand at the cursor.
 * @param words of the command line, without the program's name; the last is the one that is being written
 */
export async function complete(program: Command, words: readonly string[], known: KnownNames): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const place = placeOf(program, words.slice(0, -1));
  const { candidates, files } = await possible(place, current, known);
  return { candidates: candidates.filter(({ value }) => value.startsWith(current)), files };
}

async function possible(place: Place, current: string, known: KnownNames): Promise<Completion> {
  const { command, given, option, optionsEnded } = place;
  if (option !== undefined) return valuesOfOption(option, known);
  if (!optionsEnded && current.startsWith('-')) {
    const [flag = '', value] = current.split('=', 2);
    const named = value === undefined ? undefined : optionOf(command, flag);
    if (named === undefined)
      return plain(optionsOf(command).map(({ long, short, description }) => [long ?? short ?? '', description]));
    const { candidates, files } = await valuesOfOption(named, known);
    return { candidates: candidates.map((one) => ({ ...one, value: `${flag}=${one.value}` })), files };
  }
  if (command.commands.length > 0 && given.length === 0) {
    return plain(
      command
        .createHelp()
        .visibleCommands(command)
        .map((one) => [one.name(), one.description()]),
    );
  }
  return valuesOfArgument(place, known);
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program;
  let given: string[] = [];
  let option: Option | undefined;
  let optionsEnded = false;
  for (const word of words) {
    if (option !== undefined) option = undefined;
    else if (optionsEnded || !word.startsWith('-') || word === '-') {
      const inner = given.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (inner === undefined) given = [...given, word];
      else command = inner;
    } else if (word === '--') optionsEnded = true;
    else {
      const named = optionOf(command, word);
      if (named !== undefined && (named.required || named.optional)) option = named;
    }
  }
  return { command, given, option, optionsEnded };
}

/** Of the command and of those around it. */
function optionsOf(command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command.parent === null ? own : [...own, ...optionsOf(command.parent).filter(({ long }) => long !== '--help')];
}

function optionOf(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find(({ long, short }) => flag === long || flag === short);
}

const ofFiles = /^(file|path|paths|folder|dir)$/;

async function valuesOfOption({ argChoices, long, flags }: Option, known: KnownNames): Promise<Completion> {
  if (argChoices !== undefined) return plain(argChoices);
  if (long === '--pool') return plain(await known.pools());
  if (long === '--node') return plain(await known.nodes());
  // A socket, mostly.
  if (long === '--daemon') return paths;
  return ofFiles.test(/[<[](\S+)[\]>]/.exec(flags)?.[1] ?? '') ? paths : nothing;
}

const kinds = allKinds.map(({ kind, aliases }) => aliases[0] ?? kind.toLowerCase());

async function valuesOfArgument({ command, given }: Place, known: KnownNames): Promise<Completion> {
  const { registeredArguments } = command;
  const argument = registeredArguments[given.length] ?? registeredArguments.find(({ variadic }) => variadic);
  if (argument === undefined) return nothing;
  const [first = ''] = given;
  const values: Readonly<Record<string, () => Promise<readonly string[]> | readonly string[]>> = {
    kind: () => kinds,
    'kind-or-name': () => kinds,
    name: () => (registeredArguments[0]?.name() === 'kind' ? known.resources(first) : []),
    names: () => known.resources(first),
    'node-id': () => known.nodes(),
    'address-or-node': () => known.nodes(),
    pool: () => known.pools(),
    what: async () => (await known.pools()).map((pool) => `pool/${pool}`),
    cidr: () => known.blocks(first),
    member: () => known.members(),
    role: () => roles,
    shell: () => ['bash', 'zsh', 'fish'],
  };
  if (ofFiles.test(argument.name())) return paths;
  return plain((await values[argument.name()]?.()) ?? []);
}

function plain(values: readonly (string | readonly [string, string])[]): Completion {
  const candidates = values.map((one) =>
    typeof one === 'string' ? { value: one, help: '' } : { value: one[0], help: one[1] },
  );
  return { candidates, files: false };
}
