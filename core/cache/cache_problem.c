#include "cache/cache_private.h"

#include <sys/stat.h>

#include "base/text.h"

#define MAX_SHOWN 60u /* bytes of a broken file that are quoted */

static const char *const remedies[] = {
	[CACHE_FIX_NONE] = "",
	[CACHE_FIX_FETCH] = "modscope repair: quarantine the file, fetch it again, verify it",
	[CACHE_FIX_REHASH] = "modscope repair: write it again from the verified zip",
	[CACHE_FIX_EXTRACT] =
		"modscope repair: quarantine the tree, extract the verified zip again",
	[CACHE_FIX_REMOVE] = "modscope repair: move it to quarantine",
	[CACHE_FIX_MODE] = "modscope repair: set its mode",
	[CACHE_FIX_LIST] = "modscope repair: write it again from the .mod files",
};

struct cache_problem *cache_problem_add(struct cache_worker *w, enum cache_part part,
					enum finding_severity severity, enum cache_fix fix,
					enum cache_problem_kind kind, const char *file,
					const char *problem)
{
	vec_push(&w->problems, (struct cache_problem){
				       .part = part,
				       .severity = severity,
				       .fix = fix,
				       .kind = kind,
				       .file = file,
				       .problem = problem,
				       .expected = "",
				       .found = "",
				       .go_says = "",
				       .remedy = remedies[fix],
			       });
	return &w->problems.items[w->problems.n - 1];
}

const char *cache_quote_some(struct arena *a, const char *s, size_t n)
{
	struct buf b = BUF_INIT;
	const char *out;

	text_quote(&b, s, MIN(n, MAX_SHOWN));
	if (n > MAX_SHOWN)
		buf_addstr(&b, "...");
	out = arena_strdup(a, b.data);
	buf_release(&b);
	return out;
}

const char *cache_mode_name(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return "a regular file";
	case S_IFDIR: return "a directory";
	case S_IFLNK: return "a symbolic link";
	case S_IFIFO: return "a FIFO";
	case S_IFSOCK: return "a socket";
	default: return "a device";
	}
}
