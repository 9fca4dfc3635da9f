#include "base/power.h"

#include <dirent.h>
#ifdef __linux__
#include <sys/resource.h>
#endif

#include "base/buf.h"
#include "base/fs.h"
#include "base/par.h"

enum { MAX_WORD = 64, LOWEST = 19 };

static bool says(const char *root, const char *supply, const char *name, const char *word)
{
	char *file = xasprintf("%s/%s/%s", root, supply, name);
	struct buf b = BUF_INIT;
	bool yes = fs_read_buf(&b, file, MAX_WORD, NULL) && str_has_prefix(b.data, word);

	buf_release(&b);
	free(file);
	return yes;
}

bool power_on_battery(const char *root)
{
	bool battery = false, mains = false;
	struct dirent *e;
	DIR *d = opendir(root);

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (says(root, e->d_name, "type", "Battery"))
			battery |= says(root, e->d_name, "status", "Discharging");
		else
			mains |= says(root, e->d_name, "online", "1");
	}
	if (d)
		closedir(d);
	return battery && !mains;
}

struct behind {
	void (*fn)(void *ctx);
	void *ctx;
	bool done;
};

static void run(void *ctx)
{
	struct behind *b = ctx;

#ifdef __linux__
	/* on Linux, of this thread only */
	setpriority(PRIO_PROCESS, 0, LOWEST);
#endif
	b->fn(b->ctx);
	b->done = true;
}

void power_run_behind(void (*fn)(void *ctx), void *ctx)
{
	struct behind b = { fn, ctx, false };
	struct par_beside beside;

	par_beside_start(&beside, run, &b);
	par_beside_join(&beside);
	if (!b.done)
		fn(ctx);
}
