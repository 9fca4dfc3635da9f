#include "versions/majors.h"

#include "base/par.h"
#include "fetch/source.h"
#include "gofiles/modpath.h"
#include "gofiles/semver.h"

#define AT_ONCE 8u /* a longer gap ends the search */
#define MAX_MAJOR 100000ul

struct look {
	struct source *source;
	const char *paths[AT_ONCE];
	bool found[AT_ONCE];
};

static void look_for(void *ctx, size_t i)
{
	struct look *k = ctx;
	const char *const *versions;
	size_t n;

	k->found[i] = source_versions(k->source, k->paths[i], &versions, &n, NULL) && n;
}

static unsigned long number_of(const char *v)
{
	return *v == 'v' ? strtoul(v + 1, NULL, 10) : 0;
}

/* The number of the first major version to request. */
static unsigned long first_major(const char *path_major, const char *current)
{
	unsigned long n = *path_major ? number_of(path_major + 1) : 1;

	if (semver_is_incompatible(current))
		n = MAX(n, number_of(current));
	return n + 1;
}

void majors_find(struct majors *m, struct arena *a, struct source *s, const char *path,
		 const char *current, unsigned threads)
{
	struct look k = { .source = s };
	ARENA_VEC(const char *) list = { 0 };
	unsigned long next;
	bool dot, any = true;
	size_t prefix;

	*m = (struct majors){ 0 };
	if (!modpath_check(path, NULL) || !modpath_split(path, &prefix))
		return;
	dot = str_has_prefix(path, "gopkg.in/");
	for (next = first_major(path + prefix, current); any && next < MAX_MAJOR; next += AT_ONCE) {
		for (size_t i = 0; i < AT_ONCE; i++)
			k.paths[i] = arena_fmt(a, "%.*s%sv%lu", (int)prefix, path, dot ? "." : "/",
					       next + i);
		par_for(AT_ONCE, threads, look_for, &k);
		any = false;
		for (size_t i = 0; i < AT_ONCE; i++) {
			any |= k.found[i];
			if (k.found[i])
				arena_vec_push(a, &list, k.paths[i]);
		}
	}
	m->paths = list.items;
	m->n = list.n;
}
