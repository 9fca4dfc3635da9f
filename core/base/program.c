#include "base/program.h"

#include <fcntl.h>
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

bool program_spawn(pid_t *pid, struct arena *a, char *const *argv, char *const *env,
		   const int ends[3], const posix_spawnattr_t *attributes)
{
	const char *program = program_find(a, argv[0]);
	posix_spawn_file_actions_t files;
	bool ok;

	if (!program)
		return false;
	posix_spawn_file_actions_init(&files);
	for (int i = 0; i < 3; i++) {
		if (ends[i] < 0)
			posix_spawn_file_actions_addopen(&files, i, "/dev/null",
							 i ? O_WRONLY : O_RDONLY, 0);
		else
			posix_spawn_file_actions_adddup2(&files, ends[i], i);
	}
	ok = posix_spawn(pid, program, &files, attributes, argv, env) == 0;
	posix_spawn_file_actions_destroy(&files);
	return ok;
}
