/** Shells there is a completion script for. */
export type Shell = 'bash' | 'zsh' | 'fish'

/** Each asks `muster __complete` for the words up to the cursor; answers are lines of `text<TAB>about`. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  // readline splits words at @ = and : too, so the line is split here, and what is before the last of them is taken off again
  bash: `# muster: put  source <(muster completion bash)  into ~/.bashrc
_muster() {
  local line="\${COMP_LINE:0:COMP_POINT}" found text
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local current="\${words[\${#words[@]}-1]}"
  local head="\${current%"\${current##*[@=:]}"}"
  COMPREPLY=()
  while IFS= read -r found; do
    text="\${found%%$'\\t'*}"
    COMPREPLY+=("\${text#"$head"}")
  done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
}
complete -F _muster muster
`,
  zsh: `#compdef muster
# muster: put  source <(muster completion zsh)  into ~/.zshrc, after compinit
_muster() {
  local -a lines texts shown
  local line
  lines=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    [[ -z $line ]] && continue
    texts+=("\${line%%$'\\t'*}")
    shown+=("\${line/$'\\t'/  -- }")
  done
  if (( $#texts == 1 )) && [[ $texts[1] == */ ]]; then
    compadd -Q -S '' -- $texts
  else
    compadd -Q -l -d shown -- $texts
  fi
}
compdef _muster muster
`,
  fish: `# muster: put  muster completion fish | source  into ~/.config/fish/config.fish
function __muster
    set -l words (commandline -opc) (commandline -ct)
    $words[1] __complete -- $words[2..-1] 2>/dev/null
end
complete -c muster -f -a '(__muster)'
`,
}
