/* Usage: goapi_dump DIR...: prints what goapi.h finds in each module's directory, one per line: "PACKAGE<tab>NAME<tab>DECLARATION"; several
 * declarations are separated by " ; ". A line "DIR" precedes each directory. */
#include <dirent.h>

#include "base/fs.h"
#include "packages/goapi.h"

struct dump {
	struct arena files;
	struct goapi_reader *r;
	const char *root;
};

static void walk(struct dump *d, const char *rel)
{
	const char *dir = *rel ? arena_fmt(&d->files, "%s/%s", d->root, rel) : d->root;
	struct fs_dirent *entries;
	size_t n, len;
	char *data;

	if (*rel && fs_exists(arena_fmt(&d->files, "%s/go.mod", dir)))
		return;
	if (!fs_list(&d->files, dir, 1 << 20, &entries, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *name = *rel ? arena_fmt(&d->files, "%s/%s", rel, entries[i].name)
					: entries[i].name;

		if (entries[i].type == DT_DIR)
			walk(d, name);
		else if (goapi_counts(name) &&
			 fs_read(&d->files, arena_fmt(&d->files, "%s/%s", d->root, name), 1 << 28,
				 &data, &len, NULL))
			goapi_reader_add(d->r, name, data, len);
	}
}

static void print_decl(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			fputs(" ; ", stdout);
		else
			putchar(*s);
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct arena a = ARENA_INIT;
		struct dump d = { .r = goapi_reader_new(&a, "1.26.8"), .root = argv[i] };
		struct goapi api;

		walk(&d, "");
		goapi_reader_end(d.r, &api);
		printf("%s\n", argv[i]);
		for (size_t k = 0; k < api.n; k++) {
			printf("%s\t%s\t", api.idents[k].package, api.idents[k].name);
			print_decl(api.idents[k].decl);
			putchar('\n');
		}
		if (api.n_broken)
			fprintf(stderr, "%s: %zu broken\n", argv[i], api.n_broken);
		arena_release(&d.files);
		arena_release(&a);
	}
	return 0;
}
