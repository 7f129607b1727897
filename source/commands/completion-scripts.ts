export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/**
 * What each shell loads. All ask the program itself, `vpmon completion SHELL -- WORDS`, which answers with `:files`, `:directories` or the
 * words, a line each, after `:open` where a word may go on.
 */
export const completionScripts: Readonly<Record<Shell, string>> = {
	// Also for bash 3.2, which has neither mapfile nor compopt.
	bash: `# bash completion of vpmon
_vpmon() {
	local words=("\${COMP_WORDS[@]:1:COMP_CWORD}") typed=\${COMP_WORDS[COMP_CWORD]} line
	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
			:files) compopt -o default 2>/dev/null ;;
			:directories) compopt -o dirnames 2>/dev/null ;;
			:open) compopt -o nospace 2>/dev/null ;;
			# Inside quotes other signs would have to be escaped.
			*[!A-Za-z0-9_.,:=@/+-]*) [[ $typed == [\\"\\']* ]] || { printf -v line %q "$line" && COMPREPLY+=("$line"); } ;;
			*) COMPREPLY+=("$line") ;;
		esac
	done < <("$1" completion bash -- "\${words[@]//[\\\\\\"\\']/}" 2>/dev/null)
}
complete -F _vpmon vpmon
`,
	zsh: `#compdef vpmon
_vpmon() {
	local -a lines open
	lines=("\${(@f)$("\${(Q)words[1]}" completion zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
	case $lines[1] in
		:files) _files; return ;;
		:directories) _files -/; return ;;
		:open) shift lines; open=(-S '') ;;
	esac
	[[ -n $lines[1] ]] && _describe -t words vpmon lines "\${open[@]}"
}
if [[ $funcstack[1] = _vpmon ]]; then _vpmon; else compdef _vpmon vpmon; fi
`,
	fish: `# fish completion of vpmon
function __vpmon_complete
	set -l words (commandline -opc)
	set -l typed (commandline -ct | string unescape)
	set -l lines ($words[1] completion fish -- $words[2..-1] "$typed" 2>/dev/null)
	switch "$lines[1]"
		case :files
			__fish_complete_path (commandline -ct)
		case :directories
			__fish_complete_directories (commandline -ct)
		case :open
			printf '%s\\n' $lines[2..-1]
		case '*'
			printf '%s\\n' $lines
	end
end
complete -c vpmon -f -a '(__vpmon_complete)'
`,
};
