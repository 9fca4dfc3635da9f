/*
 * gen_docs.c - generates the man page and the shells' completions from the program's tables.
 *
 * Reads the output of `modscope --dump-tables=json` on stdin, and writes what its argument selects: man, bash, zsh or
 * fish. Runs only at build time, so that installed documents always match the build.
 */
#include <jansson.h>

#include "base/base.h"

static const char *str(json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static bool is_short(json_t *flag)
{
	return strlen(str(flag, "Name")) == 1;
}

static const char *dashes(json_t *flag)
{
	return is_short(flag) ? "-" : "--";
}

static void roff_char(char c)
{
	if (c == '\\')
		fputs("\\e", stdout);
	else if (c == '-')
		fputs("\\-", stdout);
	else
		putchar(c);
}

static void roff_word(const char *s)
{
	for (; *s; s++)
		roff_char(*s);
}

/* The text of a line that explains its first word, after two or more spaces; NULL for other lines. */
static const char *explains(const char *line)
{
	size_t word = strcspn(line, " \n"), blanks = strspn(line + word, " ");

	return word && blanks >= 2 ? line + word + blanks : NULL;
}

/* Prints s as roff: escapes backslashes and dashes, no line becomes a request; a blank line starts a paragraph, a line that
 * explains a word a tagged one. */
static void roff(const char *s)
{
	const char *rest;
	bool start = true, tagged = false;

	for (; *s; s++) {
		if (start && *s == '\n') {
			fputs(".PP\n", stdout);
			tagged = false;
			continue;
		}
		if (start && tagged && *s != ' ' && !explains(s)) {
			fputs(".PP\n", stdout);
			tagged = false;
		}
		if (start && (rest = explains(s))) {
			fputs(".TP\n.B ", stdout);
			for (; *s != ' '; s++)
				roff_char(*s);
			putchar('\n');
			tagged = true;
			s = rest;
		}
		if (start && (*s == '.' || *s == '\''))
			fputs("\\&", stdout);
		roff_char(*s);
		start = *s == '\n';
	}
	if (!start)
		putchar('\n');
}

static void man_flags(json_t *flags)
{
	json_t *f;
	size_t i;

	json_array_foreach(flags, i, f)
	{
		fputs(".TP\n\\fB", stdout);
		printf("%s", is_short(f) ? "\\-" : "\\-\\-");
		roff_word(str(f, "Name"));
		if (*str(f, "Arg"))
			printf("\\fR%s\\fI%s", is_short(f) ? " " : "=", str(f, "Arg"));
		puts("\\fR");
		roff(str(f, "Help"));
	}
}

static void man_commands(json_t *commands)
{
	json_t *c;
	size_t i;

	json_array_foreach(commands, i, c)
	{
		printf(".SS \"%s%s%s\"\n", str(c, "Name"), *str(c, "Args") ? " " : "",
		       str(c, "Args"));
		roff(str(c, "Summary"));
		if (*str(c, "SameAs")) {
			puts(".PP");
			printf("Prints what \\fB%s\\fR prints, and refuses where it refuses.\n",
			       str(c, "SameAs"));
		}
		if (*str(c, "Help")) {
			puts(".PP");
			roff(str(c, "Help"));
		}
		man_flags(json_object_get(c, "flags"));
	}
}

static void man_views(json_t *views)
{
	json_t *v;
	size_t i;

	puts(".SH VIEWS\nOf the interactive program; the digits open them in this order.");
	json_array_foreach(views, i, v)
	{
		printf(".TP\n.B %s\n", str(v, "Name"));
		roff(str(v, "Help"));
	}
}

static void man_keys(json_t *layers)
{
	json_t *l, *k;
	size_t i, j;

	puts(".SH KEYS\n\\fBmodscope \\-\\-dump\\-tables=keys\\fR prints them as a file that \\fB\\-\\-keys\\fR takes.");
	json_array_foreach(layers, i, l)
	{
		printf(".SS \"%s\"\n", str(l, "Name"));
		json_array_foreach(json_object_get(l, "actions"), j, k)
		{
			if (!*str(k, "Keys"))
				continue;
			fputs(".TP\n\\fB", stdout);
			for (const char *s = str(k, "Keys"); *s; s++)
				printf(*s == '\\'  ? "\\e"
				       : *s == '-' ? "\\-"
				       : *s == '.' ? "\\&."
						   : "%c",
				       *s);
			puts("\\fR");
			roff(str(k, "Help"));
		}
	}
}

static void man_findings(json_t *findings)
{
	json_t *f;
	size_t i;

	puts(".SH FINDINGS\nWhat \\fBcheck\\fR and the overview report, by identifier: what is wrong, why it matters, what to do.");
	json_array_foreach(findings, i, f)
	{
		fputs(".TP\n\\fB", stdout);
		roff_word(str(f, "Id"));
		puts("\\fR");
		roff(str(f, "What"));
		puts(".br");
		roff(str(f, "Why"));
		puts(".br");
		roff(str(f, "Remedy"));
	}
}

static const char man_end[] =
	".SH EXIT STATUS\n"
	".TP\n.B 0\nfine\n"
	".TP\n.B 1\nthe answer is \\(lqno\\(rq: a difference, damage, not releasable\n"
	".TP\n.B 2\nwrong usage\n"
	".TP\n.B 3\ncould not find out: an unreadable go.mod, an unavailable network\n"
	".SH ENVIRONMENT\n"
	"modscope reads the variables that the go command reads, from the process, the file of\n"
	".B go env \\-w\n"
	"and GOROOT/go.env; \\fBmodscope env\\fR shows each with its source and effect.\n"
	"\\fBNO_COLOR\\fR turns colours off.\n"
	"\\fBMODSCOPE_BEHIND=off\\fR stops the interactive program from hashing cache entries in the background, which it does at the\n"
	"lowest priority, on one thread, and not on battery.\n"
	"\\fBMODSCOPE_PATIENCE\\fR is the number of seconds to wait for a server that sends nothing (60 if unset; 30 where rows about versions wait for it).\n"
	"\\fBESCDELAY\\fR is the number of milliseconds to wait for the rest of a key after an escape (100 if unset).\n"
	".SH FILES\n"
	".TP\n.I .modscope\nbeside go.mod or go.work: the rules that \\fBcheck\\fR applies; \\fBmodscope check \\-\\-init\\fR writes a template\n"
	".TP\n.I $XDG_CONFIG_HOME/modscope/theme\nthe theme of the interactive program, unless \\fB\\-\\-theme\\fR names another: a line\n"
	".BI base \\  NAME\nstarts from default, dark, light, high-contrast or mono, the lines after it say\n"
	"\\fISTYLE\\fR [\\fICOLOUR\\fR] [\\fBon\\fR \\fICOLOUR\\fR] [\\fBbold\\fR] [\\fBdim\\fR] [\\fBunderline\\fR] [\\fBreverse\\fR].\n"
	"The themes are installed as such files beside \\fBkeys.default\\fR, in \\fIshare/modscope/themes\\fR.\n"
	".TP\n.I $XDG_CONFIG_HOME/modscope/themes/NAME\na theme that \\fB\\-\\-theme\\fR knows by that name\n"
	".TP\n.I $XDG_CONFIG_HOME/modscope/keys\nkeys, one per line: \\fILAYER KEY ACTION\\fR; the action none unbinds a key\n"
	".TP\n.I $XDG_CONFIG_HOME/modscope/copy\na shell command that copies its standard input (\\fBwl\\-copy\\fR); without it, the terminal (OSC 52) and tmux copy\n"
	".TP\n.I $XDG_CACHE_HOME/modscope\nwhat modscope fetches and remembers, and in \\fIquarantine\\fR what \\fBundo\\fR needs; the rest may be removed at any time.\n"
	"If GOMODCACHE lies in it, \\fI$XDG_CACHE_HOME/modscope\\-own\\fR is used instead\n";

static void man_words(json_t *words)
{
	json_t *w;
	size_t i;

	puts(".SH GLOSSARY\nThe words are those of the Go modules reference, and those in the titles and states of views. In a view, \\fB?\\fR explains those on the screen.");
	json_array_foreach(words, i, w)
	{
		fputs(".TP\n\\fB", stdout);
		roff_word(str(w, "Word"));
		puts("\\fR");
		roff(str(w, "Meaning"));
	}
}

static const char man_last[] =
	".SH SEE ALSO\n"
	".BR go (1)\n";

static void man(json_t *doc)
{
	printf(".\\\" made by gen_docs from the program's tables\n.TH MODSCOPE 1 \"\" \"modscope %s\"\n",
	       str(doc, "Version"));
	puts(".SH NAME\nmodscope \\- shows what go knows about modules");
	puts(".SH SYNOPSIS\n.B modscope\n[\\fIOPTION\\fR...] [\\fICOMMAND\\fR [\\fIARG\\fR...]]");
	puts(".SH DESCRIPTION");
	roff(str(doc, "Intro"));
	puts(".PP\nWithout a command, on a terminal, the interactive program opens; elsewhere it is \\fBcheck\\fR.");
	puts(".SH OPTIONS");
	man_flags(json_object_get(doc, "options"));
	puts(".SH COMMANDS");
	man_commands(json_object_get(doc, "commands"));
	man_views(json_object_get(doc, "views"));
	man_keys(json_object_get(doc, "layers"));
	man_findings(json_object_get(doc, "findings"));
	fputs(man_end, stdout);
	man_words(json_object_get(doc, "words"));
	fputs(man_last, stdout);
}

static void flag_words(json_t *flags)
{
	json_t *f;
	size_t i;

	json_array_foreach(flags, i, f) printf(" %s%s%s", dashes(f), str(f, "Name"),
					       *str(f, "Arg") && !is_short(f) ? "=" : "");
}

static void bash(json_t *doc)
{
	json_t *commands = json_object_get(doc, "commands"), *c;
	size_t i;

	fputs("# bash completion of modscope, made by gen_docs from the program's tables\n"
	      "_modscope()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} command= i flags= kind=\n"
	      "\tlocal commands='",
	      stdout);
	json_array_foreach(commands, i, c) printf("%s%s", i ? " " : "", str(c, "Name"));
	fputs("'\n\tCOMPREPLY=()\n"
	      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\t[[ \" $commands \" == *\" ${COMP_WORDS[i]} \"* ]] && command=${COMP_WORDS[i]} && break\n"
	      "\tdone\n"
	      "\t[[ ${COMP_WORDS[COMP_CWORD-1]} == -C ]] && { COMPREPLY=($(compgen -d -- \"$cur\")); return; }\n"
	      "\tcase $command in\n",
	      stdout);
	json_array_foreach(commands, i, c)
	{
		printf("\t%s) kind='%s' flags='", str(c, "Name"), str(c, "Complete"));
		flag_words(json_object_get(c, "flags"));
		puts("' ;;");
	}
	fputs("\t'') kind=command ;;\n\tesac\n"
	      "\tif [[ $cur == -* ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$flags",
	      stdout);
	flag_words(json_object_get(doc, "options"));
	fputs("\" -- \"$cur\"))\n"
	      "\t\t[[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace\n"
	      "\t\treturn\n\tfi\n"
	      "\tif [[ $kind == change ]]; then\n"
	      "\t\tfor ((i++; i < COMP_CWORD; i++)); do\n"
	      "\t\t\t[[ ${COMP_WORDS[i]} == whatif ]] && kind=module && break\n"
	      "\t\t\t[[ ${COMP_WORDS[i]} == tidy ]] && kind=none && break\n"
	      "\t\tdone\n\tfi\n"
	      "\tif [[ $kind == module || $kind == revision ]] && [[ ${COMP_WORDS[COMP_CWORD-1]} == @ || $cur == *@* ]]; then\n"
	      "\t\tlocal path=${COMP_WORDS[COMP_CWORD-2]-} before=@\n"
	      "\t\t[[ $cur == *@* ]] && path=${cur%@*} before=$path@\n"
	      "\t\t[[ $cur == @* ]] && path=${COMP_WORDS[COMP_CWORD-1]} before=@\n"
	      "\t\tCOMPREPLY=($(compgen -P \"$before\" -W \"$(modscope --offline --json versions \"$path\" 2>/dev/null | sed -n 's/^ *\"Version\": \"\\([A-Za-z0-9.+-]*\\)\".*/\\1/p')\" -- \"${cur##*@}\"))\n"
	      "\t\treturn\n\tfi\n"
	      "\tlocal revisions=\n"
	      "\t[[ $kind == revision ]] && revisions=$(git for-each-ref --format='%(refname:short)' 2>/dev/null | grep -x '[A-Za-z0-9._/+@-]*')\n"
	      "\tif [[ $kind == revision && $cur == *..* ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -P \"${cur%..*}..\" -W \"$revisions\" -- \"${cur##*..}\"))\n"
	      "\t\treturn\n\tfi\n"
	      "\tcase $kind in\n"
	      "\tcommand) COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\")) ;;\n"
	      "\tmodule) COMPREPLY=($(compgen -W \"$(modscope --offline list 2>/dev/null | cut -d' ' -f1)\" -- \"$cur\")) ;;\n"
	      "\trevision) COMPREPLY=($(compgen -W \"$revisions $(modscope --offline list 2>/dev/null | cut -d' ' -f1)\" -- \"$cur\")) ;;\n"
	      "\tchange) COMPREPLY=($(compgen -W 'tidy whatif' -- \"$cur\")) ;;\n"
	      "\tnone) ;;\n"
	      "\t*) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
	      "\tesac\n}\n"
	      "complete -F _modscope modscope\n",
	      stdout);
}

/* Prints s for single quotes of a shell; for zsh also escapes the special characters of its specifications. */
static void quoted(const char *s, const char *escape)
{
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\\''", stdout);
		else if (*s == '\n')
			putchar(' ');
		else if (strchr(escape, *s))
			printf("\\%c", *s);
		else
			putchar(*s);
	}
}

static void zsh_flags(json_t *flags, const char *indent)
{
	json_t *f;
	size_t i;

	json_array_foreach(flags, i, f)
	{
		bool arg = *str(f, "Arg");

		printf("%s'%s%s%s[", indent, dashes(f), str(f, "Name"),
		       arg && !is_short(f) ? "=" : "");
		quoted(str(f, "Help"), "[]:\\");
		putchar(']');
		if (arg)
			printf(":%s:%s", str(f, "Arg"),
			       str_eq(str(f, "Arg"), "DIR") ? "_files -/" : "_files");
		puts("' \\");
	}
}

static void zsh(json_t *doc)
{
	json_t *commands = json_object_get(doc, "commands"), *c;
	size_t i;

	puts("#compdef modscope\n# made by gen_docs from the program's tables\n"
	     "_modscope_modules() {\n\tlocal -a modules\n"
	     "\tif compset -P '*@'; then\n"
	     "\t\tmodules=(${(f)\"$(modscope --offline --json versions \"${IPREFIX%@}\" 2>/dev/null | sed -n 's/^ *\"Version\": \"\\([A-Za-z0-9.+-]*\\)\".*/\\1/p')\"})\n"
	     "\t\tcompadd -V versions -a modules\n\t\treturn\n\tfi\n"
	     "\tmodules=(${(f)\"$(modscope --offline list 2>/dev/null | cut -d' ' -f1)\"})\n"
	     "\tcompadd -a modules\n}\n"
	     "_modscope_revisions() {\n\tlocal -a revisions\n"
	     "\trevisions=(${(f)\"$(git for-each-ref --format='%(refname:short)' 2>/dev/null)\"})\n"
	     "\tif compset -P '*..'; then\n\t\tcompadd -a revisions\n\t\treturn\n\tfi\n"
	     "\tcompadd -a revisions\n\t_modscope_modules\n}\n"
	     "_modscope_changes() {\n\tlocal -a before=(${words[1,CURRENT-1]})\n"
	     "\tif (( ${before[(I)whatif]} )); then\n\t\t_modscope_modules\n"
	     "\telif (( ! ${before[(I)tidy]} )); then\n\t\tcompadd tidy whatif\n\tfi\n}\n"
	     "_modscope_commands() {\n\tlocal -a commands=(");
	json_array_foreach(commands, i, c)
	{
		printf("\t\t'%s:", str(c, "Name"));
		quoted(str(c, "Summary"), ":\\");
		puts("'");
	}
	puts("\t)\n\t_describe command commands\n}\n"
	     "_modscope() {\n\tlocal context state line\n\ttypeset -A opt_args\n\t_arguments -C \\");
	zsh_flags(json_object_get(doc, "options"), "\t\t");
	puts("\t\t'1:command:_modscope_commands' '*::argument:->rest'\n\t[[ $state == rest ]] || return\n\tcase $line[1] in");
	json_array_foreach(commands, i, c)
	{
		const char *kind = str(c, "Complete");

		printf("\t%s) _arguments \\\n", str(c, "Name"));
		zsh_flags(json_object_get(c, "flags"), "\t\t");
		printf("\t\t'*: :%s' ;;\n", str_eq(kind, "module")     ? "_modscope_modules"
					    : str_eq(kind, "revision") ? "_modscope_revisions"
					    : str_eq(kind, "change")   ? "_modscope_changes"
					    : str_eq(kind, "command")  ? "_modscope_commands"
					    : str_eq(kind, "none")     ? ""
								       : "_files");
	}
	puts("\tesac\n}\n_modscope \"$@\"");
}

static void fish_flags(json_t *flags, const char *condition)
{
	json_t *f;
	size_t i;

	json_array_foreach(flags, i, f)
	{
		printf("complete -c modscope%s -%c %s -d '", condition, is_short(f) ? 's' : 'l',
		       str(f, "Name"));
		quoted(str(f, "Help"), "\\");
		printf("'%s\n", *str(f, "Arg") ? " -r" : "");
	}
}

static void fish(json_t *doc)
{
	json_t *commands = json_object_get(doc, "commands"), *c;
	size_t i;

	puts("# fish completion of modscope, made by gen_docs from the program's tables\n"
	     "function __modscope_modules\n"
	     "\tset -l at (string match -r '^(.+)@[^@]*$' -- (commandline -ct))\n"
	     "\tif test (count $at) -eq 2\n"
	     "\t\tfor v in (modscope --offline --json versions $at[2] 2>/dev/null | string replace -rf '^ *\"Version\": \"([A-Za-z0-9.+-]*)\".*' '$1')\n"
	     "\t\t\techo $at[2]@$v\n\t\tend\n\t\treturn\n\tend\n"
	     "\tmodscope --offline list 2>/dev/null | cut -d' ' -f1\nend\n"
	     "function __modscope_revisions\n"
	     "\tset -l before (string match -r '^.*\\.\\.' -- (commandline -ct))\n"
	     "\tfor r in (git for-each-ref --format='%(refname:short)' 2>/dev/null)\n"
	     "\t\techo \"$before\"$r\n\tend\n"
	     "\ttest -n \"$before\"; or __modscope_modules\nend");
	fish_flags(json_object_get(doc, "options"), "");
	json_array_foreach(commands, i, c)
	{
		char condition[128];

		printf("complete -c modscope -f -n __fish_use_subcommand -a %s -d '",
		       str(c, "Name"));
		quoted(str(c, "Summary"), "\\");
		puts("'");
		snprintf(condition, sizeof(condition), " -n '__fish_seen_subcommand_from %s'",
			 str(c, "Name"));
		fish_flags(json_object_get(c, "flags"), condition);
		if (str_eq(str(c, "Complete"), "module"))
			printf("complete -c modscope -f%s -a '(__modscope_modules)'\n", condition);
		else if (str_eq(str(c, "Complete"), "revision"))
			printf("complete -c modscope -f%s -a '(__modscope_revisions)'\n",
			       condition);
		else if (str_eq(str(c, "Complete"), "change")) /* the words after them are those of these commands */
			printf("complete -c modscope -f -n '__fish_seen_subcommand_from %s; and not __fish_seen_subcommand_from tidy whatif' -a 'tidy whatif'\n",
			       str(c, "Name"));
		else if (str_eq(str(c, "Complete"), "none"))
			printf("complete -c modscope -f%s\n", condition);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *kind;
		void (*write)(json_t *doc);
	} kinds[] = { { "man", man }, { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
	json_error_t error;
	json_t *doc = json_loadf(stdin, 0, &error);

	if (!doc) {
		fprintf(stderr, "gen_docs: %s\n", error.text);
		return 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (argc == 2 && str_eq(argv[1], kinds[i].kind))
			kinds[i].write(doc);
	json_decref(doc);
	return fflush(stdout) != 0;
}
