import type { Command } from 'commander';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** Shell completion for the commands and options that the program has. */
export function completionScript(shell: string, program: Command): string {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [command, ...command.commands].flatMap(({ options }) =>
      options.flatMap(({ long }) => (long ? [long] : [])),
    ),
    inner: command.commands.map((one) => one.name()),
  }));
  const global = program.options.flatMap(({ long }) => (long ? [long] : []));
  const name = program.name();
  const words = [...commands.map((command) => command.name), ...global].join(' ');
  switch (shell) {
    case 'bash':
      return `_${name.replaceAll('-', '_')}() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    -o|--output) COMPREPLY=($(compgen -W "table wide json yaml" -- "$word")); return ;;
    -f|--filename) COMPREPLY=($(compgen -f -- "$word")); return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${commands.map((command) => `    ${command.name}) COMPREPLY=($(compgen -W "${[...command.inner, ...command.options, ...global].join(' ')}" -- "$word")); return ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "${words}" -- "$word"))
}
complete -F _${name.replaceAll('-', '_')} ${name}
`;
    case 'zsh':
      return `#compdef ${name}
_arguments '1:command:((${commands.map((command) => `${command.name}\\:"${command.description.replaceAll(/["':]/g, '')}"`).join(' ')}))' '*:file:_files'
`;
    case 'fish':
      return commands
        .flatMap((command) => [
          `complete -c ${name} -n __fish_use_subcommand -a ${command.name} -d '${command.description.replaceAll("'", '')}'\n`,
          ...command.inner.map(
            (inner) => `complete -c ${name} -n '__fish_seen_subcommand_from ${command.name}' -a ${inner}\n`,
          ),
        ])
        .join('');
    default:
      throw new CliError(`no completion for "${shell}"; shells: bash, zsh, fish`, {
        code: 'usage',
        exit: exitCodes.usage,
      });
  }
}
