#include "base/program.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"

const char *program_find(struct arena *a, const char *name)
{
	const char *path = getenv("PATH");

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? name : NULL;
	while (path && *name) {
		size_t n = strcspn(path, ":");
		const char *dir = n ? arena_strndup(a, path, n) : ".";
		const char *file = path_join(a, dir, name);

		if (access(file, X_OK) == 0)
			return path_is_abs(dir) ? file : NULL;
		path = path[n] ? path + n + 1 : NULL;
	}
	return NULL;
}
