/* Edits of go.mod that tidy, go get and what-ifs need: modfile's rule.go from AddGoStmt on. */
#include "gofiles/gomod.h"

#include "base/map.h"
#include "base/text.h"
#include "gofiles/semver.h"

static const char *keep(struct gomod *f, const char *s)
{
	return arena_strdup(f->arena, s);
}

static struct modver keep_mod(struct gomod *f, const char *path, const char *version)
{
	return (struct modver){ keep(f, path), keep(f, version) };
}

static void drop_line(struct modsyntax_line **line)
{
	if (*line)
		modsyntax_remove_line(*line);
	*line = NULL;
}

/* Changes the line, or adds one behind the hint. */
static void put_line(struct gomod *f, struct modsyntax_line **line,
		     const struct modsyntax_line *hint, const char *verb, const char *arg)
{
	const char *tokens[] = { verb, arg };

	if (*line)
		modsyntax_update_line(&f->syntax, *line, tokens, 2);
	else
		*line = modsyntax_add_line(&f->syntax, hint, tokens, 2);
}

static bool invalid(struct err *e, const char *what, const char *s)
{
	struct buf quoted = BUF_INIT;

	text_quote(&quoted, s, strlen(s));
	err_set(e, ERR_SYNTAX, "invalid %s %s", what, quoted.data);
	buf_release(&quoted);
	return false;
}

bool gomod_add_go(struct gomod *f, const char *version, struct err *e)
{
	if (!gomod_go_version_ok(version, strlen(version)))
		return invalid(e, "language version", version);
	f->go = keep(f, version);
	put_line(f, &f->go_line, f->module_line, "go", f->go);
	return true;
}

bool gomod_add_toolchain(struct gomod *f, const char *name, struct err *e)
{
	if (!gomod_toolchain_ok(name))
		return invalid(e, "toolchain name", name);
	f->toolchain = keep(f, name);
	put_line(f, &f->toolchain_line, f->go_line ? f->go_line : f->module_line, "toolchain",
		 f->toolchain);
	return true;
}

void gomod_drop_toolchain(struct gomod *f)
{
	drop_line(&f->toolchain_line);
	f->toolchain = "";
}

/* What a suffix comment says. */
static const char *comment_text(const struct modsyntax_comment *c, size_t *len)
{
	const char *s = c->token + 2;

	*len = c->len - 2;
	text_trim(&s, len);
	return s;
}

static struct modsyntax_comment indirect_comment(struct gomod *f, const char *old, size_t len)
{
	struct buf b = BUF_INIT;
	struct modsyntax_comment c;

	buf_addstr(&b, "// indirect");
	if (len) {
		buf_addstr(&b, "; ");
		buf_add(&b, old, len);
	}
	c = (struct modsyntax_comment){ arena_strndup(f->arena, b.data, b.len), b.len, 0 };
	buf_release(&b);
	return c;
}

/* Comments are shared between copies of a line: a changed one is a new array. */
static void set_first_suffix(struct gomod *f, struct modsyntax_line *line,
			     struct modsyntax_comment c)
{
	struct modsyntax_comments *s = &line->notes.suffix;

	s->items = arena_memdup(f->arena, s->n ? s->items : &c, MAX(s->n, (size_t)1) * sizeof(c));
	s->n = MAX(s->n, (size_t)1);
	s->items[0] = c;
}

static void mark_indirect(struct gomod *f, struct modsyntax_line *line)
{
	struct modsyntax_comments *s = &line->notes.suffix;
	const char *text = "";
	size_t len = 0;

	if (s->n)
		text = comment_text(&s->items[0], &len);
	set_first_suffix(f, line, indirect_comment(f, text, len));
}

static void unmark_indirect(struct gomod *f, struct modsyntax_line *line)
{
	static const char mark[] = "indirect;";
	struct modsyntax_comment *c = &line->notes.suffix.items[0];
	const char *rest;
	struct buf b = BUF_INIT;
	size_t len;

	comment_text(c, &len);
	if (len == 8) { /* "indirect", and no semicolon */
		line->notes.suffix.n = 0;
		return;
	}
	rest = (const char *)memmem(c->token, c->len, mark, strlen(mark)) + strlen(mark);
	buf_addstr(&b, "//");
	buf_add(&b, rest, (size_t)(c->token + c->len - rest));
	set_first_suffix(f, line,
			 (struct modsyntax_comment){ arena_strndup(f->arena, b.data, b.len), b.len,
						     c->start });
	buf_release(&b);
}

static void set_indirect(struct gomod *f, struct gomod_require *r, bool indirect)
{
	r->indirect = indirect;
	if (modsyntax_is_indirect(r->line) == indirect)
		return;
	if (indirect)
		mark_indirect(f, r->line);
	else
		unmark_indirect(f, r->line);
}

static void set_version(struct gomod *f, struct gomod_require *r, const char *version)
{
	struct modsyntax_line *line = r->line;
	size_t i = line->in_block ? 1 : 2;

	r->mod.version = keep(f, version);
	/* an empty line before it goes: https://golang.org/issue/33779 */
	if (line->in_block && line->notes.before.n == 1 && !line->notes.before.items[0].len)
		line->notes.before.n = 0;
	line->tokens[i] = r->mod.version;
}

static void clear_require(struct gomod_require *r)
{
	drop_line(&r->line);
	*r = (struct gomod_require){ .mod = { "", "" } };
}

static void add_new_require(struct gomod *f, const char *path, const char *version, bool indirect)
{
	const char *tokens[] = { "require", modsyntax_quote(f->arena, path), version };
	struct gomod_require r = { .mod = keep_mod(f, path, version) };

	r.line = modsyntax_add_line(&f->syntax, NULL, tokens, 3);
	set_indirect(f, &r, indirect);
	arena_vec_push(f->arena, &f->require, r);
}

void gomod_add_require(struct gomod *f, const char *path, const char *version)
{
	const char *tokens[] = { "require", modsyntax_quote(f->arena, path), version };
	bool need = true;

	for (size_t i = 0; i < f->require.n; i++) {
		struct gomod_require *r = &f->require.items[i];

		if (!r->line || !str_eq(r->mod.path, path))
			continue;
		if (need) {
			r->mod.version = keep(f, version);
			modsyntax_update_line(&f->syntax, r->line, tokens, 3);
			need = false;
		} else {
			clear_require(r);
		}
	}
	if (need)
		add_new_require(f, path, version, false);
}

void gomod_drop_require(struct gomod *f, const char *path)
{
	for (size_t i = 0; i < f->require.n; i++)
		if (f->require.items[i].line && str_eq(f->require.items[i].mod.path, path))
			clear_require(&f->require.items[i]);
}

/* Marks what a set already holds. */
static bool seen_before(struct map *seen, struct arena *a, const char *path, const char *version)
{
	const char *key = arena_fmt(a, "%s\n%s", path, version);

	return !map_put(seen, key, a);
}

static void mark_duplicate_paths(struct gomod_paths *v)
{
	struct map seen = MAP_INIT;
	size_t kept = 0;

	for (size_t i = 0; i < v->n; i++) {
		struct gomod_path *p = &v->items[i];

		if (!map_put(&seen, p->path, v))
			p->line->marked = true;
		else
			v->items[kept++] = *p;
	}
	v->n = kept;
	map_release(&seen);
}

/* The last one counts. */
static void mark_duplicate_replaces(struct gomod_replaces *v)
{
	struct arena scratch = ARENA_INIT;
	struct map seen = MAP_INIT;
	size_t kept = 0;

	for (size_t i = v->n; i-- > 0;) {
		struct gomod_replace *r = &v->items[i];

		if (r->line && seen_before(&seen, &scratch, r->from.path, r->from.version))
			r->line->marked = true;
	}
	for (size_t i = 0; i < v->n; i++)
		if (!v->items[i].line || !v->items[i].line->marked)
			v->items[kept++] = v->items[i];
	v->n = kept;
	map_release(&seen);
	arena_release(&scratch);
}

static void mark_duplicate_excludes(struct gomod *f)
{
	struct arena scratch = ARENA_INIT;
	struct map seen = MAP_INIT;
	size_t kept = 0;

	for (size_t i = 0; i < f->exclude.n; i++) {
		struct gomod_exclude *x = &f->exclude.items[i];

		if (seen_before(&seen, &scratch, x->mod.path, x->mod.version))
			x->line->marked = true;
		else
			f->exclude.items[kept++] = *x;
	}
	f->exclude.n = kept;
	map_release(&seen);
	arena_release(&scratch);
}

void gomod_sort_blocks(struct gomod *f)
{
	const char *v = arena_fmt(f->arena, "v%s", f->go);

	mark_duplicate_excludes(f);
	mark_duplicate_replaces(&f->replace);
	mark_duplicate_paths(&f->tool);
	mark_duplicate_paths(&f->ignore);
	modsyntax_drop_marked(&f->syntax);
	/* https://go.dev/issue/60028 */
	modsyntax_sort_blocks(&f->syntax, f->go_line && semver_compare(v, "v1.21") >= 0);
}

void gomod_set_require(struct gomod *f, const struct gomod_require *req, size_t n)
{
	struct map need = MAP_INIT;

	for (size_t i = 0; i < n; i++)
		map_put(&need, req[i].mod.path, (void *)(uintptr_t)&req[i]);
	for (size_t i = 0; i < f->require.n; i++) {
		struct gomod_require *r = &f->require.items[i];
		struct map_entry *entry = map_find(&need, r->mod.path);
		const struct gomod_require *want = entry ? entry->value : NULL;

		if (!r->line)
			continue;
		if (want) {
			set_version(f, r, want->mod.version);
			set_indirect(f, r, want->indirect);
			entry->value = NULL;
		} else {
			clear_require(r);
		}
	}
	for (size_t i = 0; i < need.n; i++) {
		const struct gomod_require *want = need.entries[i].value;

		if (want)
			add_new_require(f, want->mod.path, want->mod.version, want->indirect);
	}
	map_release(&need);
	gomod_sort_blocks(f);
}

/* Comments other than "indirect". */
static bool has_comments(const struct modsyntax_notes *notes)
{
	const char *s;
	size_t len;

	if (notes->before.n || notes->suffix.n > 1)
		return true;
	if (!notes->suffix.n)
		return false;
	s = comment_text(&notes->suffix.items[0], &len);
	return len != 8 || memcmp(s, "indirect", 8) != 0;
}

/* SetRequireSeparateIndirect's view of the file. Indexes into stmts; SIZE_MAX is none. */
struct separation {
	struct gomod *f;
	size_t last_direct, last_indirect, last_require, n_require;
	bool one_flat_block; /* the only require statement, without comments of its own */
	struct modsyntax_block *direct, *indirect;
};

static void look_at_block(struct separation *s, size_t i)
{
	struct modsyntax_block *b = s->f->syntax.stmts[i].block;
	bool all_direct = b->n_lines && !has_comments(&b->notes), all_indirect = all_direct;

	for (size_t j = 0; j < b->n_lines; j++) {
		b->lines[j]->owner = b;
		if (has_comments(&b->lines[j]->notes))
			all_direct = all_indirect = false;
		else if (modsyntax_is_indirect(b->lines[j]))
			all_direct = false;
		else
			all_indirect = false;
	}
	if (all_direct)
		s->last_direct = i;
	if (all_indirect)
		s->last_indirect = i;
}

static void look_at_stmt(struct separation *s, size_t i)
{
	struct modsyntax_stmt *stmt = &s->f->syntax.stmts[i];

	if (stmt->kind == MODSYNTAX_LINE) {
		stmt->line->owner = NULL;
		if (!stmt->line->n_tokens || !str_eq(stmt->line->tokens[0], "require"))
			return;
		if (!has_comments(stmt->notes))
			*(modsyntax_is_indirect(stmt->line) ? &s->last_indirect
							    : &s->last_direct) = i;
	} else if (stmt->kind == MODSYNTAX_BLOCK && str_eq(stmt->block->tokens[0], "require")) {
		look_at_block(s, i);
	} else {
		return;
	}
	s->last_require = i;
	s->n_require++;
}

static struct modsyntax_block *insert_block(struct separation *s, size_t i)
{
	struct modsyntax_stmt stmt = modsyntax_new_block(&s->f->syntax, "require");

	modsyntax_insert(&s->f->syntax, i, stmt);
	return stmt.block;
}

/* The statement as a block; a line becomes one. */
static struct modsyntax_block *ensure_block(struct separation *s, size_t i)
{
	struct modsyntax_stmt *stmt = &s->f->syntax.stmts[i];
	struct modsyntax_line *line = stmt->line;

	if (stmt->kind == MODSYNTAX_BLOCK)
		return stmt->block;
	*stmt = modsyntax_new_block(&s->f->syntax, "require");
	line->tokens++;
	line->n_tokens--;
	line->in_block = true;
	modsyntax_block_append(&s->f->syntax, stmt->block, line);
	return stmt->block;
}

static void find_blocks(struct separation *s)
{
	struct modsyntax *syntax = &s->f->syntax;

	for (size_t i = 0; i < syntax->n_stmts; i++)
		look_at_stmt(s, i);
	s->one_flat_block = s->n_require == 1 &&
			    !has_comments(syntax->stmts[s->last_require].notes);
	if (s->last_direct != SIZE_MAX) {
		s->direct = ensure_block(s, s->last_direct);
	} else {
		if (s->last_indirect != SIZE_MAX)
			s->last_direct = s->last_indirect++;
		else
			s->last_direct = s->last_require != SIZE_MAX ? s->last_require + 1
								     : syntax->n_stmts;
		s->direct = insert_block(s, s->last_direct);
	}
	if (s->last_indirect != SIZE_MAX)
		s->indirect = ensure_block(s, s->last_indirect);
	else
		s->indirect = insert_block(s, s->last_direct + 1);
}

/* The line, which is in a block, goes to another; what it leaves behind is removed. */
static void move_require(struct separation *s, struct gomod_require *r,
			 struct modsyntax_block *block)
{
	struct modsyntax_line *line = arena_memdup(s->f->arena, r->line, sizeof(*line));

	r->line->n_tokens = 0;
	r->line = line;
	modsyntax_block_append(&s->f->syntax, block, line);
}

static void add_separate(struct separation *s, const struct gomod_require *want)
{
	struct gomod *f = s->f;
	struct gomod_require r = { .mod = keep_mod(f, want->mod.path, want->mod.version) };
	const char *tokens[] = { modsyntax_quote(f->arena, r.mod.path), r.mod.version };

	r.line = arena_calloc(f->arena, 1, sizeof(*r.line));
	r.line->tokens = arena_memdup(f->arena, tokens, sizeof(tokens));
	r.line->n_tokens = 2;
	r.line->in_block = true;
	set_indirect(f, &r, want->indirect);
	modsyntax_block_append(&f->syntax, want->indirect ? s->indirect : s->direct, r.line);
	arena_vec_push(f->arena, &f->require, r);
}

/* Updates an existing requirement; it moves only out of the two blocks, or out of the only one. */
static void keep_separate(struct separation *s, struct gomod_require *r,
			  const struct gomod_require *want)
{
	const struct modsyntax_block *owner = r->line->owner;

	set_version(s->f, r, want->mod.version);
	set_indirect(s->f, r, want->indirect);
	if (want->indirect && (s->one_flat_block || (owner && owner == s->direct)))
		move_require(s, r, s->indirect);
	else if (!want->indirect && (s->one_flat_block || (owner && owner == s->indirect)))
		move_require(s, r, s->direct);
}

void gomod_set_require_separate_indirect(struct gomod *f, const struct gomod_require *req, size_t n)
{
	struct separation s = { f, SIZE_MAX, SIZE_MAX, SIZE_MAX, 0, false, NULL, NULL };
	struct map need = MAP_INIT;

	find_blocks(&s);
	for (size_t i = 0; i < n; i++)
		map_put(&need, req[i].mod.path, (void *)(uintptr_t)&req[i]);
	for (size_t i = 0; i < f->require.n; i++) {
		struct gomod_require *r = &f->require.items[i];
		struct map_entry *entry = r->line ? map_find(&need, r->mod.path) : NULL;

		if (entry && entry->value) {
			keep_separate(&s, r, entry->value);
			entry->value = NULL;
		} else {
			clear_require(r);
		}
	}
	for (size_t i = 0; i < need.n; i++)
		if (need.entries[i].value)
			add_separate(&s, need.entries[i].value);
	map_release(&need);
	gomod_sort_blocks(f);
}

void gomod_drop_replace(struct gomod *f, struct modver from)
{
	for (size_t i = 0; i < f->replace.n; i++) {
		struct gomod_replace *r = &f->replace.items[i];

		if (r->line && str_eq(r->from.path, from.path) &&
		    str_eq(r->from.version, from.version)) {
			drop_line(&r->line);
			r->from = r->to = (struct modver){ "", "" };
		}
	}
}

/* Forgets entries without a line: only requirements and replacements are dropped. */
#define drop_cleared(v)                                             \
	do {                                                        \
		size_t kept = 0;                                    \
		for (size_t i = 0; i < (v)->n; i++)                 \
			if ((v)->items[i].line)                     \
				(v)->items[kept++] = (v)->items[i]; \
		(v)->n = kept;                                      \
	} while (0)

void gomod_cleanup(struct gomod *f)
{
	drop_cleared(&f->require);
	drop_cleared(&f->replace);
	modsyntax_cleanup(&f->syntax);
}

void gomod_format(struct buf *b, const struct gomod *f)
{
	modsyntax_format(b, &f->syntax);
}
