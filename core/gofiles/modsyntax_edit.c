/* Changes of the syntax tree of go.mod and go.work. */
#include "gofiles/modsyntax.h"

#include "gofiles/semver.h"

void modsyntax_insert(struct modsyntax *f, size_t i, struct modsyntax_stmt stmt)
{
	if (f->n_stmts == f->cap_stmts)
		f->stmts = arena_grow(f->arena, f->stmts, f->n_stmts, &f->cap_stmts,
				      sizeof(*f->stmts));
	memmove(f->stmts + i + 1, f->stmts + i, (f->n_stmts - i) * sizeof(*f->stmts));
	f->stmts[i] = stmt;
	f->n_stmts++;
}

static void block_insert(struct modsyntax *f, struct modsyntax_block *b, size_t i,
			 struct modsyntax_line *line)
{
	if (b->n_lines == b->cap_lines)
		b->lines = arena_grow(f->arena, b->lines, b->n_lines, &b->cap_lines,
				      sizeof(struct modsyntax_line *));
	memmove(b->lines + i + 1, b->lines + i, (b->n_lines - i) * sizeof(*b->lines));
	b->lines[i] = line;
	b->n_lines++;
}

void modsyntax_block_append(struct modsyntax *f, struct modsyntax_block *block,
			    struct modsyntax_line *line)
{
	block_insert(f, block, block->n_lines, line);
}

struct modsyntax_stmt modsyntax_new_block(struct modsyntax *f, const char *verb)
{
	struct modsyntax_block *b = arena_calloc(f->arena, 1, sizeof(*b));

	b->tokens = arena_alloc(f->arena, sizeof(*b->tokens));
	b->tokens[0] = arena_strdup(f->arena, verb);
	b->n_tokens = 1;
	return (struct modsyntax_stmt){ MODSYNTAX_BLOCK, NULL, b, &b->notes };
}

static void set_tokens(struct modsyntax *f, struct modsyntax_line *line, const char *const *tokens,
		       size_t n)
{
	line->tokens = arena_alloc(f->arena, n * sizeof(*line->tokens));
	line->n_tokens = (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		line->tokens[i] = arena_strdup(f->arena, tokens[i]);
}

/* tokens with the verb, which a line in a block lacks. */
static struct modsyntax_line *line_of(struct modsyntax *f, const char *const *tokens, size_t n,
				      bool in_block)
{
	struct modsyntax_line *line = arena_calloc(f->arena, 1, sizeof(*line));

	line->in_block = in_block;
	set_tokens(f, line, tokens + in_block, n - in_block);
	return line;
}

static struct modsyntax_line *stmt_insert_line(struct modsyntax *f, size_t i,
					       const char *const *tokens, size_t n)
{
	struct modsyntax_line *line = line_of(f, tokens, n, false);

	modsyntax_insert(f, i, (struct modsyntax_stmt){ MODSYNTAX_LINE, line, NULL, &line->notes });
	return line;
}

/* The verb of a statement; "" where there is none. */
static const char *verb_of(const struct modsyntax_stmt *s)
{
	if (s->kind == MODSYNTAX_LINE)
		return s->line->n_tokens ? s->line->tokens[0] : "";
	return s->kind == MODSYNTAX_BLOCK ? s->block->tokens[0] : "";
}

/* Makes a block of the line stmts[i], and a new line in it. */
static struct modsyntax_line *line_to_block(struct modsyntax *f, size_t i,
					    const char *const *tokens, size_t n)
{
	struct modsyntax_line *old = f->stmts[i].line, *line = line_of(f, tokens, n, true);
	struct modsyntax_stmt stmt = modsyntax_new_block(f, old->tokens[0]);

	old->in_block = true;
	old->tokens++;
	old->n_tokens--;
	modsyntax_block_append(f, stmt.block, old);
	modsyntax_block_append(f, stmt.block, line);
	f->stmts[i] = stmt;
	return line;
}

/* Adds behind line j of the statement (the last one of a block without a hint). */
static struct modsyntax_line *add_behind(struct modsyntax *f, size_t i, size_t j,
					 const char *const *tokens, size_t n)
{
	struct modsyntax_stmt *s = &f->stmts[i];
	struct modsyntax_line *line;

	if (!str_eq(verb_of(s), tokens[0]))
		return stmt_insert_line(f, i + 1, tokens, n);
	if (s->kind == MODSYNTAX_LINE)
		return line_to_block(f, i, tokens, n);
	line = line_of(f, tokens, n, true);
	block_insert(f, s->block, j, line);
	return line;
}

struct modsyntax_line *modsyntax_add_line(struct modsyntax *f, const struct modsyntax_line *hint,
					  const char *const *tokens, size_t n)
{
	for (size_t i = f->n_stmts; !hint && i-- > 0;) {
		const struct modsyntax_stmt *s = &f->stmts[i];

		if (str_eq(verb_of(s), tokens[0]))
			return add_behind(f, i, s->kind == MODSYNTAX_BLOCK ? s->block->n_lines : 0,
					  tokens, n);
	}
	for (size_t i = 0; hint && i < f->n_stmts; i++) {
		const struct modsyntax_stmt *s = &f->stmts[i];

		if (s->kind == MODSYNTAX_LINE && s->line == hint)
			return add_behind(f, i, 0, tokens, n);
		for (size_t j = 0; s->kind == MODSYNTAX_BLOCK && j < s->block->n_lines; j++)
			if (s->block->lines[j] == hint)
				return add_behind(f, i, j + 1, tokens, n);
	}
	return stmt_insert_line(f, f->n_stmts, tokens, n);
}

void modsyntax_update_line(struct modsyntax *f, struct modsyntax_line *line,
			   const char *const *tokens, size_t n)
{
	set_tokens(f, line, tokens + line->in_block, n - line->in_block);
}

void modsyntax_remove_line(struct modsyntax_line *line)
{
	line->n_tokens = 0;
	line->notes.suffix.n = 0;
}

static struct modsyntax_comments join(struct arena *a, struct modsyntax_comments x,
				      struct modsyntax_comments y)
{
	struct modsyntax_comments c;

	if (!y.n)
		return x;
	if (!x.n)
		return y;
	c.n = x.n + y.n;
	c.items = arena_alloc(a, c.n * sizeof(*c.items));
	memcpy(c.items, x.items, x.n * sizeof(*x.items));
	memcpy(c.items + x.n, y.items, y.n * sizeof(*y.items));
	return c;
}

/* Turns a block of one line into that line; pointers to the line stay valid. */
static struct modsyntax_stmt collapse(struct modsyntax *f, struct modsyntax_block *b)
{
	struct modsyntax_line *line = b->lines[0];
	const char **tokens = arena_alloc(f->arena,
					  (b->n_tokens + line->n_tokens) * sizeof(*tokens));

	memcpy(tokens, b->tokens, b->n_tokens * sizeof(*tokens));
	memcpy(tokens + b->n_tokens, line->tokens, line->n_tokens * sizeof(*tokens));
	*line = (struct modsyntax_line){
		.notes = { .before = join(f->arena, b->notes.before, line->notes.before),
			   .suffix = join(f->arena, line->notes.suffix, b->notes.suffix) },
		.tokens = tokens,
		.n_tokens = b->n_tokens + line->n_tokens,
	};
	return (struct modsyntax_stmt){ MODSYNTAX_LINE, line, NULL, &line->notes };
}

void modsyntax_cleanup(struct modsyntax *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->n_stmts; i++) {
		struct modsyntax_stmt s = f->stmts[i];

		if (s.kind == MODSYNTAX_LINE && !s.line->n_tokens)
			continue;
		if (s.kind == MODSYNTAX_BLOCK) {
			struct modsyntax_block *b = s.block;
			size_t n = 0;

			for (size_t j = 0; j < b->n_lines; j++)
				if (b->lines[j]->n_tokens)
					b->lines[n++] = b->lines[j];
			b->n_lines = n;
			if (n == 0)
				continue;
			if (n == 1 && !b->rparen.before.n)
				s = collapse(f, b);
		}
		f->stmts[kept++] = s;
	}
	f->n_stmts = kept;
}

void modsyntax_drop_marked(struct modsyntax *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->n_stmts; i++) {
		struct modsyntax_stmt s = f->stmts[i];

		if (s.kind == MODSYNTAX_LINE && s.line->marked)
			continue;
		if (s.kind == MODSYNTAX_BLOCK) {
			struct modsyntax_block *b = s.block;
			size_t n = 0;

			for (size_t j = 0; j < b->n_lines; j++)
				if (!b->lines[j]->marked)
					b->lines[n++] = b->lines[j];
			b->n_lines = n;
			if (n == 0)
				continue;
		}
		f->stmts[kept++] = s;
	}
	f->n_stmts = kept;
}

static int order_tokens(const struct modsyntax_line *x, const struct modsyntax_line *y)
{
	for (uint32_t i = 0; i < x->n_tokens && i < y->n_tokens; i++) {
		int c = strcmp(x->tokens[i], y->tokens[i]);

		if (c)
			return c;
	}
	return (x->n_tokens > y->n_tokens) - (x->n_tokens < y->n_tokens);
}

static int order_exclude(const struct modsyntax_line *x, const struct modsyntax_line *y)
{
	int c;

	if (x->n_tokens != 2 || y->n_tokens != 2)
		return order_tokens(x, y);
	c = strcmp(x->tokens[0], y->tokens[0]);
	return c ? c : semver_compare(x->tokens[1], y->tokens[1]);
}

static void interval(const struct modsyntax_line *l, const char **low, const char **high)
{
	*low = *high = "";
	if (l->n_tokens == 1) {
		*low = *high = l->tokens[0];
	} else if (l->n_tokens == 5) { /* "[", low, ",", high, "]" */
		*low = l->tokens[1];
		*high = l->tokens[3];
	}
}

/* The newest first. */
static int order_retract(const struct modsyntax_line *x, const struct modsyntax_line *y)
{
	const char *x_low, *x_high, *y_low, *y_high;
	int c;

	interval(x, &x_low, &x_high);
	interval(y, &y_low, &y_high);
	c = semver_compare(y_low, x_low);
	return c ? c : semver_compare(y_high, x_high);
}

/* qsort need not be stable. */
static void merge_sort(struct modsyntax_line **v, struct modsyntax_line **tmp, size_t n,
		       int (*order)(const struct modsyntax_line *, const struct modsyntax_line *))
{
	size_t half = n / 2, i = 0, j = half, k = 0;

	if (n < 2)
		return;
	merge_sort(v, tmp, half, order);
	merge_sort(v + half, tmp, n - half, order);
	if (order(v[half - 1], v[half]) <= 0)
		return;
	memcpy(tmp, v, half * sizeof(struct modsyntax_line *));
	while (i < half && j < n)
		v[k++] = order(tmp[i], v[j]) <= 0 ? tmp[i++] : v[j++];
	while (i < half)
		v[k++] = tmp[i++];
}

void modsyntax_sort_blocks(struct modsyntax *f, bool semantic_exclude)
{
	for (size_t i = 0; i < f->n_stmts; i++) {
		struct modsyntax_block *b = f->stmts[i].block;
		int (*order)(const struct modsyntax_line *,
			     const struct modsyntax_line *) = order_tokens;
		struct modsyntax_line **tmp;

		if (f->stmts[i].kind != MODSYNTAX_BLOCK || b->n_lines < 2)
			continue;
		if (semantic_exclude && str_eq(b->tokens[0], "exclude"))
			order = order_exclude;
		else if (str_eq(b->tokens[0], "retract"))
			order = order_retract;
		tmp = xreallocarray(NULL, b->n_lines, sizeof(struct modsyntax_line *));
		merge_sort(b->lines, tmp, b->n_lines, order);
		free(tmp);
	}
}
