#include "load_private.h"

#include "buf.h"
#include "goenv.h"
#include "pkgload.h"
#include "source.h"

static void imports_release(void *data)
{
	map_release(&((struct load_imports *)data)->modules);
}

/* "main/web > prometheus/common/route > ...": from the package of the main module to this one; tests say so. */
static const char *chain_text(struct arena *a, const struct pkg *p)
{
	const struct pkg *chain[64] = { NULL };
	struct buf b = BUF_INIT;
	const char *text;
	size_t n = 0;

	for (; p && n < ARRAY_LEN(chain); p = p->stack)
		chain[n++] = p;
	for (size_t i = n; i-- > 0;) {
		const struct pkg *q = chain[i]->test_of ? chain[i]->test_of : chain[i];

		if (chain[i]->test_of)
			buf_addstr(&b, " (test)");
		else
			buf_addf(&b, "%s%s", b.len ? " > " : "", q->path);
	}
	text = arena_strndup(a, b.data, b.len);
	buf_release(&b);
	return text;
}

/* Packages come breadth first, so the first of a module has the shortest chain. */
static void collect(struct load_imports *li, const struct pkgload *ld, struct arena *a)
{
	struct pkg *const *pkgs;
	size_t n = pkgload_pkgs(ld, &pkgs);

	for (size_t i = 0; i < n; i++) {
		const struct pkg *p = pkgs[i];
		struct load_import *in;

		if (p->test_of || !p->mod.path || !p->mod.path[0])
			continue;
		in = map_get(&li->modules, p->mod.path);
		if (!in) {
			in = arena_calloc(a, 1, sizeof(*in));
			in->chain = chain_text(a, p);
			map_put(&li->modules, arena_strdup(a, p->mod.path), in);
		}
		in->n_packages++;
	}
}

bool load_make_imports(struct load_work *w, struct part **out, struct err *e)
{
	const struct load_env *env = load_data(w, PART_ENV);
	struct part *p = load_part_on(w, PART_ENV);
	struct load_imports *li = arena_calloc(&p->arena, 1, sizeof(*li));
	struct source_options so = { .env = env->env,
				     .offline = true,
				     .cancel = job_cancel(w->job),
				     .log = load_log(w->l) };
	struct pkgload_options po = { .load_tests = true,
				      .silence_errors = true,
				      .silence_missing_std = true };
	struct source *source = source_new(&so, e);
	struct modload_options mo = { .env = env->env,
				      .source = source,
				      .command = MODLOAD_WHY,
				      .cancel = job_cancel(w->job) };
	struct modload *ml = NULL;
	struct pkgload *ld = NULL;
	bool ok = source && modload_open(&ml, &mo, e);

	p->data = li;
	p->release = imports_release;
	if (ok) {
		ld = pkgload_new(ml, &po);
		ok = pkgload_run(ld, (const char *[]){ "all" }, 1, NULL, e);
		if (ok && err_is_set(pkgload_unread(ld))) {
			err_copy(e, pkgload_unread(ld));
			ok = false;
		}
		if (ok)
			collect(li, ld, &p->arena);
	}
	if (source && !source_cached_ok(source, NULL)) {
		err_clear(e);
		ok = source_cached_ok(source, e);
	}
	pkgload_free(ld);
	modload_free(ml);
	source_free(source);
	if (ok)
		*out = p;
	else
		part_unref(p);
	return ok;
}
