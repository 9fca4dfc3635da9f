#include "gofiles/gowork.h"

#include "base/text.h"
#include "gofiles/gover.h"
#include "gofiles/modpath.h"

#include "gofiles/directive_impl.h"

static void add(struct directive_reader *r, struct gowork *f, struct modsyntax_line *line,
		const char *verb, const char **args, size_t n)
{
	struct gomod_godebug godebug;
	struct gomod_replace replace;
	struct gomod_path use;

	if (str_eq(verb, "go")) {
		if (directive_go(r, line, args, n, &f->go))
			f->go_line = line;
	} else if (str_eq(verb, "toolchain")) {
		if (directive_toolchain(r, line, args, n, &f->toolchain))
			f->toolchain_line = line;
	} else if (str_eq(verb, "godebug")) {
		if (directive_godebug(r, line, args, n, &godebug))
			arena_vec_push(f->arena, &f->godebug, godebug);
	} else if (str_eq(verb, "use")) {
		if (directive_path(r, line, verb, args, n, &use))
			arena_vec_push(f->arena, &f->use, use);
	} else if (str_eq(verb, "replace")) {
		if (directive_replace(r, line, args, n, &replace))
			arena_vec_push(f->arena, &f->replace, replace);
	} else {
		directive_errorf(r, line, "unknown directive: %s", verb);
	}
}

static void add_block(struct directive_reader *r, struct gowork *f, const struct modsyntax_block *b)
{
	const char *verb = b->tokens[0];

	if (b->n_tokens > 1 ||
	    !(str_eq(verb, "godebug") || str_eq(verb, "use") || str_eq(verb, "replace"))) {
		directive_unknown_block(r, b);
		return;
	}
	for (size_t i = 0; i < b->n_lines; i++)
		add(r, f, b->lines[i], verb, b->lines[i]->tokens, b->lines[i]->n_tokens);
}

bool gowork_parse(struct gowork **out, struct arena *a, const struct gomod_options *o,
		  const char *data, size_t len, struct err *e)
{
	struct gowork *f = arena_calloc(a, 1, sizeof(*f));
	struct modsyntax_errors own = { .arena = a };
	struct directive_reader r;

	f->arena = a;
	f->go = f->toolchain = "";
	if (!directive_open(&r, &f->syntax, &own, a, o, data, len, e))
		return false;
	for (size_t i = 0; i < f->syntax.n_stmts; i++) {
		struct modsyntax_stmt *s = &f->syntax.stmts[i];

		if (s->kind == MODSYNTAX_LINE)
			add(&r, f, s->line, s->line->tokens[0], s->line->tokens + 1,
			    s->line->n_tokens - 1);
		else if (s->kind == MODSYNTAX_BLOCK)
			add_block(&r, f, s->block);
	}
	*out = f;
	return directive_done(&r, e);
}

/* Inserts before the first statement that is not a comment: the file's comments stay on top. */
static void insert_go(struct gowork *f, const char *version)
{
	struct modsyntax_line *line = arena_calloc(f->arena, 1, sizeof(*line));
	const char *tokens[] = { "go", version };
	size_t i = 0;

	while (i < f->syntax.n_stmts && f->syntax.stmts[i].kind == MODSYNTAX_COMMENT)
		i++;
	line->tokens = arena_memdup(f->arena, tokens, sizeof(tokens));
	line->n_tokens = ARRAY_LEN(tokens);
	modsyntax_insert(&f->syntax, i,
			 (struct modsyntax_stmt){ MODSYNTAX_LINE, line, NULL, &line->notes });
	f->go_line = line;
}

static bool is_implied(const char *toolchain, const char *go)
{
	struct semver_part v = gover_from_toolchain(toolchain);
	const char *named = str_cut_prefix(toolchain, "go");

	return (named && str_eq(named, go)) || gover_compare_n(v.s, v.len, go, strlen(go)) < 0 ||
	       gover_compare_n(v.s, v.len, GOVER_STRICT, strlen(GOVER_STRICT)) < 0;
}

const char *gowork_drop_use(struct arena *a, const char *path)
{
	struct buf b = BUF_INIT;
	const char *text;

	if (!modpath_is_directory(path))
		return arena_fmt(a,
				 "remove the line of %s from go.work: go work edit "
				 "-dropuse=%s would look for ./%s",
				 path, path, path);
	text_shell_word(&b, path);
	text = arena_fmt(a, "go work edit -dropuse=%s", b.data);
	buf_release(&b);
	return text;
}

bool gowork_raise_go(struct gowork *f, const char *version, struct buf *out)
{
	const char *tokens[] = { "go", version };

	if (gover_compare(*f->go ? f->go : GOVER_DEFAULT_GOWORK, version) >= 0)
		return false;
	f->go = arena_strdup(f->arena, version);
	if (f->go_line)
		modsyntax_update_line(&f->syntax, f->go_line, tokens, ARRAY_LEN(tokens));
	else
		insert_go(f, f->go);
	if (f->toolchain_line && is_implied(f->toolchain, version)) {
		modsyntax_remove_line(f->toolchain_line);
		f->toolchain_line = NULL;
		f->toolchain = "";
	}
	modsyntax_sort_blocks(&f->syntax, false);
	modsyntax_cleanup(&f->syntax);
	modsyntax_format(out, &f->syntax);
	return true;
}
