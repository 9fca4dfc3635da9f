/*
 * summary_check - reads the names of go.mod files on stdin and compares the summary of each (gomod_summary.h) with the full parser
 * in lax mode. Prints the differences, then counts and the speed of the summary over all files (processor time). Only for
 * tests/oracle/modfile.sh.
 */
#include "base/fs.h"
#include "gofiles/gomod_summary.h"

struct file {
	char *name, *data;
	size_t len;
};

static bool piece_is(const char *s, size_t len, const char *want)
{
	return len == strlen(want) && memcmp(s, want, len) == 0;
}

static bool same(const struct gomod_summary *s, const struct gomod *f, bool notes)
{
	if (s->has_module != (f->module_line != NULL) ||
	    !piece_is(s->module.s, s->module.len, f->module) ||
	    !piece_is(s->go.s, s->go.len, f->go) || s->n_require != f->require.n)
		return false;
	for (size_t i = 0; i < s->n_require; i++) {
		const struct gomod_require *r = &f->require.items[i];
		const struct gomod_summary_dep *d = &s->require[i];

		if (!piece_is(d->path, d->path_len, r->mod.path) || d->indirect != r->indirect ||
		    !piece_is(d->version, d->version_len, r->mod.version))
			return false;
	}
	return !notes || (str_eq(s->deprecated, f->deprecated) && s->n_retract == f->retract.n &&
			  s->n_ignore == f->ignore.n);
}

static bool check(const struct file *file, struct gomod_summary *s, unsigned flags)
{
	const struct gomod_options o = { .name = file->name, .lax = true };
	struct err fast = ERR_INIT, full = ERR_INIT;
	struct arena a = ARENA_INIT;
	struct gomod *f;
	bool fast_ok = gomod_summary_read(s, file->name, file->data, file->len, flags, &fast);
	bool ok = gomod_parse(&f, &a, &o, file->data, file->len, &full) == fast_ok;

	if (ok)
		ok = fast_ok ? same(s, f, flags) : str_eq(fast.text, full.text);
	if (!ok)
		printf("summary_check: %s differs\n", file->name);
	err_release(&fast);
	err_release(&full);
	arena_release(&a);
	return ok;
}

static double speed(const struct file *files, size_t n, size_t bytes, struct gomod_summary *s)
{
	const int rounds = 10;
	clock_t start = clock();

	for (int k = 0; k < rounds; k++)
		for (size_t i = 0; i < n; i++)
			gomod_summary_read(s, files[i].name, files[i].data, files[i].len, 0, NULL);
	return rounds * (double)bytes / 1e6 / ((double)(clock() - start + 1) / CLOCKS_PER_SEC);
}

int main(void)
{
	struct gomod_summary s = GOMOD_SUMMARY_INIT;
	struct arena a = ARENA_INIT;
	VEC(struct file) files = { 0 };
	size_t bytes = 0, wrong = 0;
	char name[4096];

	while (fgets(name, sizeof(name), stdin)) {
		struct file f;

		name[strcspn(name, "\n")] = '\0';
		f.name = arena_strdup(&a, name);
		if (!fs_read(&a, name, FS_MAX_MOD, &f.data, &f.len, NULL))
			continue;
		bytes += f.len;
		vec_push(&files, f);
		wrong += !check(&f, &s, 0) + !check(&f, &s, GOMOD_SUMMARY_NOTES);
	}
	printf("summary_check: %zu files, %zu bytes, %zu differences, %.0f MB/s\n", files.n, bytes,
	       wrong, speed(files.items, files.n, bytes, &s));
	vec_release(&files);
	gomod_summary_release(&s);
	arena_release(&a);
	return wrong > 0;
}
