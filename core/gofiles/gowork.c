#include "gofiles/gowork.h"

#include "gofiles/modrule.h"
#include "base/text.h"

static void add(struct modrule *r, struct gowork *f, struct modsyntax_line *line, const char *verb,
		const char **args, size_t n)
{
	struct gomod_godebug godebug;
	struct gomod_replace replace;
	struct gomod_path use;

	if (str_eq(verb, "go")) {
		if (modrule_go(r, line, args, n, &f->go))
			f->go_line = line;
	} else if (str_eq(verb, "toolchain")) {
		if (modrule_toolchain(r, line, args, n, &f->toolchain))
			f->toolchain_line = line;
	} else if (str_eq(verb, "godebug")) {
		if (modrule_godebug(r, line, args, n, &godebug))
			arena_vec_push(f->arena, &f->godebug, godebug);
	} else if (str_eq(verb, "use")) {
		if (modrule_path(r, line, verb, args, n, &use))
			arena_vec_push(f->arena, &f->use, use);
	} else if (str_eq(verb, "replace")) {
		if (modrule_replace(r, line, args, n, &replace))
			arena_vec_push(f->arena, &f->replace, replace);
	} else {
		modsyntax_errors_add(r->errors, r->syntax->name, line->line, line->column,
				     "unknown directive: %s", verb);
	}
}

static void add_block(struct modrule *r, struct gowork *f, const struct modsyntax_block *b)
{
	const char *verb = b->tokens[0];

	if (b->n_tokens > 1 ||
	    !(str_eq(verb, "godebug") || str_eq(verb, "use") || str_eq(verb, "replace"))) {
		modrule_unknown_block(r, b);
		return;
	}
	for (size_t i = 0; i < b->n_lines; i++)
		add(r, f, b->lines[i], verb, b->lines[i]->tokens, b->lines[i]->n_tokens);
}

bool gowork_parse(struct gowork **out, struct arena *a, const struct gomod_options *o,
		  const char *data, size_t len, struct err *e)
{
	struct gowork *f = arena_calloc(a, 1, sizeof(*f));
	struct modsyntax_errors local = { .arena = a };
	struct modrule r = { .syntax = &f->syntax, .errors = o->errors ? o->errors : &local };

	f->arena = a;
	f->go = f->toolchain = "";
	r.errors->arena = a;
	r.errors->n = 0;
	if (!modsyntax_parse(&f->syntax, a, o->name, o->long_name, data, len, r.errors, e))
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
	return modrule_done(&r, e);
}

void gowork_format(struct buf *b, const struct gowork *f)
{
	modsyntax_format(b, &f->syntax);
}

static bool invalid(struct err *e, const char *what, const char *s)
{
	struct buf quoted = BUF_INIT;

	text_quote(&quoted, s, strlen(s));
	err_set(e, ERR_SYNTAX, "invalid %s %s", what, quoted.data);
	buf_release(&quoted);
	return false;
}

/* The first statement that is not a comment: what is put before it leaves the comments of the file on top. */
static size_t behind_comments(const struct gowork *f)
{
	size_t i = 0;

	while (i < f->syntax.n_stmts && f->syntax.stmts[i].kind == MODSYNTAX_COMMENT)
		i++;
	return i;
}

static size_t behind_go(const struct gowork *f)
{
	for (size_t i = 0; i < f->syntax.n_stmts; i++) {
		const struct modsyntax_stmt *s = &f->syntax.stmts[i];

		if (s->kind == MODSYNTAX_LINE && s->line->n_tokens &&
		    str_eq(s->line->tokens[0], "go"))
			return i + 1;
	}
	return behind_comments(f);
}

static struct modsyntax_line *insert_line(struct gowork *f, size_t i, const char *verb,
					  const char *arg)
{
	struct modsyntax_line *line = arena_calloc(f->arena, 1, sizeof(*line));
	const char *tokens[] = { verb, arg };

	line->tokens = arena_memdup(f->arena, tokens, sizeof(tokens));
	line->n_tokens = 2;
	modsyntax_insert(&f->syntax, i,
			 (struct modsyntax_stmt){ MODSYNTAX_LINE, line, NULL, &line->notes });
	return line;
}

bool gowork_add_go(struct gowork *f, const char *version, struct err *e)
{
	const char *tokens[] = { "go", version };

	if (!gomod_go_version_ok(version, strlen(version)))
		return invalid(e, "language version", version);
	f->go = arena_strdup(f->arena, version);
	if (f->go_line)
		modsyntax_update_line(&f->syntax, f->go_line, tokens, 2);
	else
		f->go_line = insert_line(f, behind_comments(f), "go", f->go);
	return true;
}

bool gowork_add_toolchain(struct gowork *f, const char *name, struct err *e)
{
	const char *tokens[] = { "toolchain", name };

	if (!gomod_toolchain_ok(name))
		return invalid(e, "toolchain name", name);
	f->toolchain = arena_strdup(f->arena, name);
	if (f->toolchain_line)
		modsyntax_update_line(&f->syntax, f->toolchain_line, tokens, 2);
	else
		f->toolchain_line = insert_line(f, behind_go(f), "toolchain", f->toolchain);
	return true;
}

static void drop(struct modsyntax_line **line, const char **value)
{
	if (*line)
		modsyntax_remove_line(*line);
	*line = NULL;
	*value = "";
}

void gowork_drop_go(struct gowork *f)
{
	drop(&f->go_line, &f->go);
}

void gowork_drop_toolchain(struct gowork *f)
{
	drop(&f->toolchain_line, &f->toolchain);
}

void gowork_add_use(struct gowork *f, const char *dir)
{
	const char *tokens[] = { "use", modsyntax_quote(f->arena, dir) };
	bool need = true;
	struct gomod_path p;

	for (size_t i = 0; i < f->use.n; i++) {
		struct gomod_path *u = &f->use.items[i];

		if (!u->line || !str_eq(u->path, dir))
			continue;
		if (need)
			modsyntax_update_line(&f->syntax, u->line, tokens, 2);
		else
			drop(&u->line, &u->path);
		need = false;
	}
	if (!need)
		return;
	p = (struct gomod_path){ arena_strdup(f->arena, dir),
				 modsyntax_add_line(&f->syntax, NULL, tokens, 2) };
	arena_vec_push(f->arena, &f->use, p);
}

void gowork_drop_use(struct gowork *f, const char *dir)
{
	modrule_drop_path(&f->use, dir);
}

void gowork_add_replace(struct gowork *f, struct modver from, struct modver to)
{
	modrule_add_replace(&f->syntax, &f->replace, from, to);
}

void gowork_drop_replace(struct gowork *f, struct modver from)
{
	modrule_drop_replace(&f->replace, from);
}

void gowork_add_godebug(struct gowork *f, const char *key, const char *value)
{
	modrule_add_godebug(&f->syntax, &f->godebug, key, value);
}

void gowork_drop_godebug(struct gowork *f, const char *key)
{
	modrule_drop_godebug(&f->godebug, key);
}

void gowork_sort_blocks(struct gowork *f)
{
	modrule_mark_duplicate_replaces(&f->replace);
	modsyntax_drop_marked(&f->syntax);
	modsyntax_sort_blocks(&f->syntax, false);
}

void gowork_cleanup(struct gowork *f)
{
	modrule_drop_cleared(&f->use);
	modrule_drop_cleared(&f->replace);
	modrule_drop_cleared(&f->godebug);
	modsyntax_cleanup(&f->syntax);
}
