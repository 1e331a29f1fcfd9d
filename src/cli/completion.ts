import { CliError } from './cli-error.ts';
import type { Completion } from './complete.ts';
import { exitCodes } from './exit-codes.ts';

/** The command, not shown in any help, that the scripts ask: so they know what this version knows, and names of its daemon. */
export const completeCommand = '__complete';
/** Says to the script that paths may stand there as well. */
const filesLine = ':files';

/** A line for each candidate, as the scripts read it: the word, a tab, what it is. */
export function completionLines({ candidates, files }: Completion): string {
  const lines = candidates.map(({ value, help }) => `${value}${help === '' ? '' : `\t${help}`}`);
  return [...lines, ...(files ? [filesLine] : [])].map((line) => `${line}\n`).join('');
}

/**
 * For kubectl, which asks the program kubectl_complete-NAME of a plugin: its last line is a number, a sum of bits of which
 * the third says that no paths may stand there.
 */
export function kubectlLines({ candidates, files }: Completion): string {
  return `${completionLines({ candidates, files: false })}:${files ? 0 : 4}\n`;
}

export const shells = ['bash', 'zsh', 'fish'] as const;

/** @throws CliError usage */
export function completionScript(shell: string, name: string): string {
  const identifier = `_${name.replaceAll('-', '_')}`;
  switch (shell) {
    case 'bash':
      return bash(name, identifier);
    case 'zsh':
      return zsh(name);
    case 'fish':
      return fish(name, identifier);
    default:
      throw new CliError(`no completion for "${shell}"; shells: ${shells.join(', ')}`, {
        code: 'usage',
        exit: exitCodes.usage,
      });
  }
}

/** bash takes a word apart at `:` and `=` too, and replaces the last part only: what stands before is taken off. */
function bash(name: string, identifier: string): string {
  return `# bash completion for ${name}
${identifier}() {
  local line=\${COMP_LINE:0:COMP_POINT} current=\${COMP_WORDS[COMP_CWORD]} word files= last before
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  last=\${words[\${#words[@]}-1]}
  before=\${last%"$current"}
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    if [[ $word == ${filesLine} ]]; then files=1; else COMPREPLY+=("\${word#"$before"}"); fi
  done < <("\${words[0]}" ${completeCommand} -- "\${words[@]:1}" 2>/dev/null)
  if [[ $files ]]; then
    compopt -o filenames
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
  fi
}
complete -F ${identifier} ${name}
`;
}

/** As a file of $fpath it is the function's body; sourced, it defines and names it. */
function zsh(name: string): string {
  return `#compdef ${name}
_${name}() {
  local line word help files
  local -a lines shown
  lines=("\${(@f)$("\${words[1]}" ${completeCommand} -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == ${filesLine} ]]; then files=1; continue; fi
    word=\${line%%$'\\t'*}
    help=\${line#*$'\\t'}
    if [[ $help == $line ]]; then shown+=("\${word//:/\\\\:}"); else shown+=("\${word//:/\\\\:}:$help"); fi
  done
  (( $#shown )) && _describe -V values shown
  [[ -n $files ]] && _files
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function fish(name: string, identifier: string): string {
  return `# fish completion for ${name}
function _${identifier}
  set -l words (commandline -opc)
  set -l program $words[1]
  set -e words[1]
  set -l current (commandline -ct)
  for line in (command $program ${completeCommand} -- $words "$current" 2>/dev/null)
    if test "$line" = ${filesLine}
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c ${name} -f -a '(_${identifier})'
`;
}
