/** Scripts that complete command lines, for three shells, from a description of the commands. */

/** What may stand somewhere: one of these words, a file, or something that nobody can guess. */
export type Completion =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' | 'nothing' };

export interface CompletedOption {
  /** such as --output and -o, with their dashes */
  readonly names: readonly string[];
  readonly text: string;
  /** null where the option takes no value */
  readonly value: Completion | null;
}

export interface CompletedCommand {
  readonly name: string;
  readonly text: string;
  readonly options: readonly CompletedOption[];
  /** what stands beside the options */
  readonly operands: Completion;
}

export const shells = ['bash', 'zsh', 'fish'] as const;

export function completionScript(shell: (typeof shells)[number], commands: readonly CompletedCommand[]): string {
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
  }
}

/** All three shells take a text between single quotes as it is. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const general = ['--help', '--version'];

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, options, operands }) => {
    const values = options.flatMap(({ names, value }) =>
      value === null ? [] : [`        ${names.join('|')}) ${bashAnswer(value)} ;;`],
    );
    const names = options.flatMap((option) => option.names).join(' ');
    return `    ${name})
      case "$before" in
${values.join('\n')}
        *) case "$word" in -*) words=${quote(names)} ;; *) ${bashAnswer(operands)} ;; esac ;;
      esac ;;`;
  });
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completion of cairn for bash. In ~/.bashrc: eval "$(cairn completion bash)"
_cairn() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=''
  COMPREPLY=()
  # bash takes --view=slice for three words.
  if [ "$word" = '=' ]; then word=''; elif [ "$before" = '=' ]; then before="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  if [ "$COMP_CWORD" -eq 1 ]; then words=${quote([names, ...general].join(' '))}
  else case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac fi
  # Without an answer bash completes the names of files.
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); fi
  case "\${COMPREPLY[*]}" in *=) compopt -o nospace 2>/dev/null ;; esac
}
complete -o bashdefault -o default -F _cairn cairn
`;
}

function bashAnswer(completion: Completion): string {
  return completion.kind === 'words' ? `words=${quote(completion.words.join(' '))}` : ':';
}

function zsh(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, options, operands }) => {
    const specs = [
      ...options.flatMap(({ names, text, value }) =>
        names.map((option) => `${option}${zshText(text)}${zshValue(value)}`),
      ),
      `*${zshValue(operands)}`,
    ];
    return `    ${name}) _arguments ${specs.map(quote).join(' ')} ;;`;
  });
  const names = commands.map(({ name, text }) => quote(`${name}:${text}`)).join(' ');
  return `#compdef cairn
# Completion of cairn for zsh. In ~/.zshrc, after compinit: eval "$(cairn completion zsh)"
_cairn() {
  local -a commands
  commands=(${names})
  if (( CURRENT == 2 )); then
    _describe command commands
    _arguments ${general.map(quote).join(' ')}
    return
  fi
  shift words
  (( CURRENT-- ))
  case "$words[1]" in
${cases.join('\n')}
  esac
}
compdef _cairn cairn
`;
}

const zshText = (text: string): string => `[${text.replace(/[[\]\\]/g, '\\$&')}]`;

function zshValue(value: Completion | null): string {
  if (value === null) return '';
  if (value.kind === 'words') return `:name:(${value.words.join(' ')})`;
  return value.kind === 'file' ? ':file:_files' : ':value: ';
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, text, options, operands }) => {
    const here = `complete -c cairn -n ${quote(`__fish_seen_subcommand_from ${name}`)}`;
    return [
      `complete -c cairn -n __fish_use_subcommand -f -a ${name} -d ${quote(fishText(text))}`,
      `${here} ${fishValue(operands)}`,
      ...options.map(({ names, text: about, value }) => {
        const flags = names.map((option) =>
          option.startsWith('--') ? `-l ${option.slice(2)}` : `-s ${option.slice(1)}`,
        );
        const takes = value === null ? '' : ` -r ${fishValue(value)}`;
        return `${here} ${flags.join(' ')}${takes} -d ${quote(fishText(about))}`;
      }),
    ];
  });
  return `# Completion of cairn for fish: cairn completion fish > ~/.config/fish/completions/cairn.fish
complete -c cairn -e
${general.map((option) => `complete -c cairn -n __fish_use_subcommand -f -l ${option.slice(2)}`).join('\n')}
${lines.join('\n')}
`;
}

/** Inside its single quotes fish knows escapes. */
const fishText = (text: string): string => text.replaceAll('\\', '\\\\');

function fishValue(value: Completion): string {
  if (value.kind === 'words') return `-f -a ${quote(value.words.join(' '))}`;
  return value.kind === 'file' ? '-F' : '-f';
}
