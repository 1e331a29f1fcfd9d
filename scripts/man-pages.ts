/** Manual pages of the programs, from what their command lines say themselves. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { buildProgram } from '../src/cli/program.ts';
import { ciliumSettings } from '../src/config/cilium-settings.ts';
import { controllerSettings } from '../src/config/controller-settings.ts';
import { daemonSettings } from '../src/config/daemon-settings.ts';
import { type SettingRows, textOf } from '../src/config/setting.ts';
import { ciliumProgram, controllerProgram, daemonProgram } from '../src/main/programs.ts';

/** A page as man(1) looks for it, below its folder. */
export interface Page {
  /** `man8/ipam-daemon.8`. */
  readonly file: string;
  readonly text: string;
}

interface Source {
  readonly program: Command;
  readonly section: 1 | 8;
  readonly settings?: SettingRows;
  readonly files?: readonly (readonly [path: string, what: string])[];
}

const nothing = (): void => {};
const others = ['ipam-daemon(8)', 'ipam-controller(8)', 'cilium-ipam-controller(8)', 'ipam-cli(1)'];

export function manPages(version: string): readonly Page[] {
  const cli = buildProgram(
    { print: nothing, warn: nothing, note: nothing, isTerminal: false, setExit: nothing },
    version,
  );
  const sources: readonly Source[] = [
    {
      program: daemonProgram(),
      section: 8,
      settings: daemonSettings,
      files: [
        ['/etc/ipam/daemon.yaml', 'configuration that the unit of systemd names'],
        ['/var/lib/ipam', 'state'],
        ['/run/ipam/ipam.sock', 'where the CNI executables and ipam-cli find it'],
      ],
    },
    { program: controllerProgram(), section: 8, settings: controllerSettings },
    { program: ciliumProgram(), section: 8, settings: ciliumSettings },
    { program: cli, section: 1 },
  ];
  return sources.map((source) => {
    const { program, section } = source;
    return { file: `man${section}/${program.name()}.${section}`, text: pageOf(source, version) };
  });
}

function pageOf({ program, section, settings, files = [] }: Source, version: string): string {
  const name = program.name();
  const parts = [
    `.TH ${name.toUpperCase()} ${section} "" "Berth ${version}" "Berth"`,
    ...heading('NAME', `${escaped(name)} \\- ${escaped(program.description().replace(/\.$/, ''))}`),
    ...heading('SYNOPSIS', `.B ${escaped(name)}`, escaped(program.usage())),
    ...heading('OPTIONS', ...optionsOf(program)),
    ...(program.commands.length === 0 ? [] : heading('COMMANDS', ...commandsOf(program, ''))),
    ...(settings === undefined ? [] : heading('CONFIGURATION', ...settingsOf(settings))),
    ...heading('EXAMPLES AND EXIT STATUS', '.nf', escaped(afterHelp(program).trim()), '.fi'),
    ...(files.length === 0 ? [] : heading('FILES', ...files.flatMap(([path, what]) => entry(path, what)))),
    ...heading('SEE ALSO', escaped(others.filter((one) => !one.startsWith(`${name}(`)).join(', '))),
  ];
  return `${parts.join('\n')}\n`;
}

function heading(title: string, ...lines: readonly string[]): readonly string[] {
  return [`.SH ${title}`, ...lines];
}

function entry(term: string, text: string): readonly string[] {
  return ['.TP', `.B ${escaped(term)}`, escaped(text)];
}

function optionsOf(command: Command): readonly string[] {
  return command.options.filter(({ hidden }) => !hidden).flatMap((option) => entry(option.flags, helpOf(option)));
}

function helpOf({ description, defaultValue, argChoices, envVar }: Option): string {
  const more = [
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    ...(typeof defaultValue === 'string' ? [`default: ${defaultValue}`] : []),
    ...(envVar === undefined ? [] : [`or ${envVar} in the environment`]),
  ];
  return `${description}${more.length === 0 ? '' : ` (${more.join('; ')})`}`;
}

function commandsOf(parent: Command, before: string): readonly string[] {
  const visible = parent.createHelp().visibleCommands(parent);
  return visible
    .filter((command) => command.name() !== 'help')
    .flatMap((command) => {
      const line = `${before}${command.name()}`;
      const usage = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));
      const own = [
        `.SS ${escaped([line, ...usage].join(' '))}`,
        escaped(command.description()),
        ...command.registeredArguments.flatMap((one) => entry(one.name(), one.description)),
        ...optionsOf(command),
        ...(command.commands.length > 0 ? [] : paragraphs(afterHelp(command))),
      ];
      return [...own, ...commandsOf(command, `${line} `)];
    });
}

function settingsOf(rows: SettingRows): readonly string[] {
  const named = Object.values(rows).flatMap((row) => (row.key === undefined ? [] : [{ ...row, key: row.key }]));
  return [
    escaped(
      'Keys of the file that --config names (YAML; the dots are sections in sections). A flag wins over its key.',
    ),
    ...named.flatMap(({ key, flag, help, usual, default: value }) => {
      const told = usual ?? (value === undefined ? '' : textOf(value));
      const more = [flag === undefined ? '' : `--${flag}`, told === '' ? '' : `default: ${plain(told)}`];
      return entry(key, `${help} (${more.filter((one) => one !== '').join('; ')})`.replace(' ()', ''));
    }),
  ];
}

/** Without the marks of Markdown. */
function plain(text: string): string {
  return text.replaceAll('`', '').replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

/** What a command's help says behind its options. */
function afterHelp(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text.slice(text.indexOf(command.helpInformation()) + command.helpInformation().length);
}

function paragraphs(text: string): readonly string[] {
  return text.trim() === '' ? [] : ['.PP', '.nf', escaped(text.trim()), '.fi'];
}

/** What a line of troff would take for a request, or a dash for a hyphen. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1')
    .replaceAll(
      /[^\0-\x7e]/gu,
      (sign) => `\\[u${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

if (import.meta.main) {
  const [folder = '', version = ''] = process.argv.slice(2);
  if (folder === '' || version === '') throw new Error('usage: man-pages.ts FOLDER VERSION');
  for (const { file, text } of manPages(version)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}
