#include "change/shelf.h"

#include "base/fs.h"

const char *shelf_of(struct arena *a, const char *root, const char *own_cache)
{
	struct stat r, o;

	if (own_cache && *own_cache && fs_mkdir_all(own_cache, NULL) && stat(root, &r) == 0 &&
	    stat(own_cache, &o) == 0 && r.st_dev == o.st_dev)
		return own_cache;
	return arena_fmt(a, "%s/.modscope", root);
}

bool shelf_make(const char *root, const char *shelf, struct err *e)
{
	static const char all[] = "*\n";
	struct arena a = ARENA_INIT;
	const char *ignore = arena_fmt(&a, "%s/.gitignore", shelf);
	bool ok = !path_under(shelf, root) || fs_exists(ignore) ||
		  fs_write_atomic(ignore, all, sizeof(all) - 1, 0666, false, e);

	arena_release(&a);
	return ok;
}
