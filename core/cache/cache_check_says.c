#include "cache/cache_check_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char again[] =
	"treats it as missing and fetches it again; with GOPROXY=off: module lookup disabled by GOPROXY=off";
static const char waits[] = "waits forever when it reads it";
static const char extracted_anew[] = "removes it and extracts the zip";

/* "open FILE: no such device or address", as os.Open and os.ReadFile have it. */
static const char *system_words(struct cache_check *c, const char *call, enum cache_part part,
				int errnum)
{
	return arena_fmt(&c->w->arena, "%s %s: %s", call, c->files[part], err_errno_text(errnum));
}

/* words: go's error from opening or reading the file. */
static const char *fails(struct cache_check *c, enum cache_part part, const char *words)
{
	struct arena *a = &c->w->arena;
	struct modver m = c->entry->mod;

	switch (part) {
	case CACHE_INFO:
	case CACHE_MOD: return again;
	case CACHE_ZIP: return arena_fmt(a, "%s %s: %s", m.path, m.version, words);
	case CACHE_ZIPHASH:
		return arena_fmt(a, "%s %s: missing ziphash: %s", m.path, m.version, words);
	case CACHE_LOCK:
		return arena_fmt(a, "ignores it until it has to download or extract: %s", words);
	case CACHE_PART_MARK: return "treats the tree as absent";
	default: return words;
	}
}

const char *cache_check_cannot(struct cache_check *c, enum cache_part part, int errnum)
{
	return fails(c, part, system_words(c, "open", part, errnum));
}

/* A link whose target does not exist. */
static const char *leads_nowhere(struct cache_check *c, enum cache_part part)
{
	switch (part) {
	case CACHE_ZIP: return "treats it as missing and downloads it again";
	case CACHE_LOCK:
		return "ignores it until it has to download or extract, and then creates its target";
	case CACHE_PART_MARK: return "ignores it";
	case CACHE_TREE: return "treats the tree as absent";
	default: return cache_check_cannot(c, part, ENOENT);
	}
}

static const char *of_directory(struct cache_check *c, enum cache_part part)
{
	switch (part) {
	case CACHE_INFO:
	case CACHE_MOD:
		return "treats it as missing and fetches it each time; with GOPROXY=off: module lookup disabled by GOPROXY=off";
	case CACHE_LOCK: return cache_check_cannot(c, part, EISDIR);
	default: return fails(c, part, system_words(c, "read", part, EISDIR));
	}
}

/* A device that opens. */
static const char *of_device(struct cache_check *c, enum cache_part part)
{
	switch (part) {
	case CACHE_ZIP: return fails(c, part, "zip: not a valid zip file");
	case CACHE_LOCK: return "ignores it";
	case CACHE_PART_MARK: return fails(c, part, "");
	default: return "reads from the device, forever if it has no end";
	}
}

static const char *of_fifo(enum cache_part part)
{
	switch (part) {
	case CACHE_LOCK: return "ignores it";
	case CACHE_PART_MARK: return "treats the tree as absent";
	default: return waits;
	}
}

static const char *of_tree(struct cache_check *c, bool link, uint32_t target)
{
	if (!link)
		return extracted_anew;
	if (!S_ISDIR(target))
		return leads_nowhere(c, CACHE_TREE);
	return arena_fmt(
		&c->w->arena,
		"builds with the target of the link; go mod verify: %s %s: %s is not a directory",
		c->entry->mod.path, c->entry->mod.version, c->files[CACHE_TREE]);
}

/* What open(2) fails with; O_NONBLOCK: a FIFO must not block. */
static int open_errno(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

const char *cache_check_says(struct cache_check *c, enum cache_part part)
{
	bool link = S_ISLNK(c->entry->files[part].mode);
	int errnum = 0;
	struct stat st;

	if (stat(c->files[part], &st))
		errnum = errno;
	if (part == CACHE_TREE)
		return of_tree(c, link, errnum ? 0 : st.st_mode);
	if (errnum == ENOENT)
		return leads_nowhere(c, part);
	if (!errnum && S_ISFIFO(st.st_mode))
		return of_fifo(part);
	if (!errnum && S_ISDIR(st.st_mode))
		return of_directory(c, part);
	if (!errnum && part != CACHE_PART_MARK)
		errnum = open_errno(c->files[part]);
	if (errnum)
		return cache_check_cannot(c, part, errnum);
	return S_ISREG(st.st_mode) ? "follows the link and uses its target" : of_device(c, part);
}
