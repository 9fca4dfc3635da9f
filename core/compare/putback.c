#include "compare/putback.h"

#include "base/fs.h"

/* A file to put lines back into. */
struct file {
	bool there;
	const char *text;
	size_t len;
};

void putback_init(struct putback *p, const struct revision *v, const char *dir)
{
	*p = (struct putback){ .v = v, .dir = dir, .arena = ARENA_INIT };
}

void putback_release(struct putback *p)
{
	map_release(&p->files);
	arena_release(&p->arena);
}

static const struct compare_line *line_of(const struct compare_cause *c)
{
	return c->is ? c->is : c->was;
}

static const char *place_of(struct putback *p, const char *name)
{
	return path_join(&p->arena, p->dir, name);
}

static bool keep(struct putback *p, const char *name, struct err *e)
{
	struct file *f;
	char *text;

	if (map_has(&p->files, name))
		return true;
	if (path_is_abs(name) || !path_under(place_of(p, name), p->v->root))
		return err_set(e, ERR_REFUSED, "%s is not in the repository", name);
	f = arena_calloc(&p->arena, 1, sizeof(*f));
	f->there = fs_exists(place_of(p, name));
	if (f->there && !fs_read(&p->arena, place_of(p, name), FS_MAX_MOD, &text, &f->len, e))
		return false;
	f->text = f->there ? text : "";
	map_put(&p->files, arena_strdup(&p->arena, name), f);
	return true;
}

/* Only the end of the line stays. */
static void drop_line(char *text, int line)
{
	char *s = text;

	for (int i = 1; s && i < line; i++)
		s = strchr(s, '\n') ? strchr(s, '\n') + 1 : NULL;
	for (; s && *s && *s != '\n'; s++)
		*s = ' ';
}

static void add_words(struct buf *b, struct arena *a, struct modver m)
{
	buf_addf(b, " %s", modsyntax_quote(a, m.path));
	if (m.version && *m.version)
		buf_addf(b, " %s", modsyntax_quote(a, m.version));
}

static void add_line(struct buf *b, struct arena *a, const struct compare_line *l)
{
	static const char *const verbs[] = {
		[COMPARE_REQUIRE] = "require", [COMPARE_REPLACE] = "replace",
		[COMPARE_EXCLUDE] = "exclude", [COMPARE_USE] = "use",
		[COMPARE_GO] = "go",	       [COMPARE_TOOLCHAIN] = "toolchain",
	};

	buf_addstr(b, verbs[l->kind]);
	if (l->kind == COMPARE_GO || l->kind == COMPARE_TOOLCHAIN)
		buf_addf(b, " %s", l->mod.version);
	else
		add_words(b, a, l->mod);
	if (l->kind == COMPARE_REPLACE) {
		buf_addstr(b, " =>");
		add_words(b, a, l->to);
	}
	buf_addstr(b, l->indirect ? " // indirect\n" : "\n");
}

static void begin_file(struct buf *b, struct arena *a, const struct compare_line *l)
{
	if (*l->main)
		buf_addf(b, "module %s\n", modsyntax_quote(a, l->main));
}

static bool write_file(struct putback *p, const char *name, const struct file *f,
		       const struct compare_cause *causes, size_t n, struct err *e)
{
	struct buf b = BUF_INIT;
	bool there = f->there, ok = true;

	buf_add(&b, f->text, f->len);
	for (size_t i = 0; i < n; i++)
		if (causes[i].is && str_eq(causes[i].is->file, name))
			drop_line(b.data, causes[i].is->line);
	if (b.len)
		buf_addstr(&b, "\n");
	for (size_t i = 0; i < n; i++)
		if (causes[i].was && str_eq(causes[i].was->file, name)) {
			if (!there)
				begin_file(&b, &p->arena, causes[i].was);
			there = true;
			add_line(&b, &p->arena, causes[i].was);
		}
	if (there)
		ok = fs_write_atomic(place_of(p, name), b.data ? b.data : "", b.len, 0600, false,
				     e);
	else
		ok = fs_remove_all(place_of(p, name), e);
	buf_release(&b);
	return ok;
}

bool putback_write(struct putback *p, const struct compare_cause *causes, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (line_of(&causes[i]) && !keep(p, line_of(&causes[i])->file, e))
			return false;
	for (size_t i = 0; i < p->files.n; i++)
		if (!write_file(p, p->files.entries[i].key, p->files.entries[i].value, causes, n,
				e))
			return false;
	return true;
}
