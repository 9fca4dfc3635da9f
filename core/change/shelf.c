#include "change/shelf.h"

#include "base/fs.h"
#include "change/relocate.h"

const char *shelf_of(struct arena *a, const char *root, const char *own_cache)
{
	if (own_cache && *own_cache && fs_mkdir_all(own_cache, NULL) &&
	    relocate_can_rename(own_cache, root))
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
