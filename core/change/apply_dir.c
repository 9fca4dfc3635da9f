#include "change/apply_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fs.h"
#include "change/relocate.h"

#define MAX_HISTORY ((size_t)100000)
#define WAIT_STEPS 50u
#define WAIT_STEP 20 /* ms */
#define ID_LEN 19u   /* 20060102-150405-123 */
#define GONE "gone-"

void apply_places(struct arena *a, const char *root, const char *own_cache, const char *dirs[2])
{
	dirs[0] = arena_fmt(a, "%s/cache/modscope/quarantine", root);
	dirs[1] = NULL;
	if (!own_cache || !*own_cache)
		return;
	dirs[1] = arena_fmt(a, "%s/quarantine", own_cache);
	if (!fs_mkdir_all(own_cache, NULL))
		return;
	/* with XDG_CACHE_HOME=GOMODCACHE/cache */
	if (fs_is_same(own_cache, arena_fmt(a, "%s/cache/modscope", root)))
		dirs[1] = NULL;
	else if (relocate_can_rename(own_cache, root)) {
		const char *swap = dirs[0];

		dirs[0] = dirs[1];
		dirs[1] = swap;
	}
}

bool apply_is_id(const char *s)
{
	return *s && strspn(s, "0123456789-") == strlen(s);
}

static void format_id(char id[ID_LEN + 1], int64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	snprintf(id, ID_LEN + 1, "%04u%02u%02u-%02u%02u%02u-%03u",
		 (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
		 (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
		 (unsigned)tm.tm_sec % 100, (unsigned)(ms % 1000));
}

/* Milliseconds since 1970; 0 if s is not one of our ids. */
static int64_t parse_id(const char *s)
{
	unsigned y, mon, d, h, min, sec, ms;
	char same[ID_LEN + 1];
	struct tm tm = { 0 };
	int64_t t;

	if (sscanf(s, "%4u%2u%2u-%2u%2u%2u-%3u", &y, &mon, &d, &h, &min, &sec, &ms) != 7)
		return 0;
	tm.tm_year = (int)y - 1900;
	tm.tm_mon = (int)mon - 1;
	tm.tm_mday = (int)d;
	tm.tm_hour = (int)h;
	tm.tm_min = (int)min;
	tm.tm_sec = (int)sec;
	t = (int64_t)timegm(&tm) * 1000 + ms;
	if (t <= 0 || y < 1970 || y > 9998)
		return 0;
	format_id(same, t);
	return strncmp(s, same, ID_LEN) == 0 ? t : 0;
}

/* The last id known to have been used there. */
static int64_t last_id(const char *place)
{
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	int64_t last = 0;
	size_t n = 0, len;
	char *text;

	if (fs_read(&a, arena_fmt(&a, "%s/last", place), 64, &text, &len, NULL))
		last = parse_id(text);
	if (!last && fs_list(&a, place, MAX_HISTORY, &entries, &n, NULL))
		for (size_t i = 0; i < n; i++)
			last = MAX(last, parse_id(entries[i].name));
	arena_release(&a);
	return last;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return MAX((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, 1);
}

/* The id is on disk before a change uses it: neither a clock set back nor a forgotten change makes it used
 * twice. */
static bool give_id(struct apply *t, const char *place, int fd, int64_t last, struct err *e)
{
	char id[ID_LEN + 1];
	const char *dir;

	for (int64_t ms = MAX(now_ms(), last + 1);; ms++) {
		format_id(id, ms);
		if (pwrite(fd, id, ID_LEN, 0) != ID_LEN || fdatasync(fd))
			return err_sys(e, errno, "write %s/last", place);
		dir = arena_fmt(&t->arena, "%s/%s", place, id);
		if (mkdir(dir, 0700) == 0)
			break;
		if (errno != EEXIST)
			return err_sys(e, errno, "mkdir %s", dir);
	}
	t->id = arena_strdup(&t->arena, id);
	t->dir = arena_strdup(&t->arena, dir);
	return true;
}

static bool make_dir_in(struct apply *t, const char *place, const char *other, struct err *e)
{
	const char *file = arena_fmt(&t->arena, "%s/last", place);
	int fd = -1;
	bool ok = fs_mkdir_all(place, e);

	if (ok && (fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		ok = err_sys(e, errno, "open %s", file);
	while (ok && flock(fd, LOCK_EX))
		ok = errno == EINTR || err_sys(e, errno, "lock %s", file);
	if (ok)
		ok = give_id(t, place, fd, MAX(last_id(place), other ? last_id(other) : 0), e);
	if (fd >= 0)
		close(fd);
	return ok;
}

/* A project is not a place for a module cache's quarantine. */
static bool is_place(const struct apply *t, const char *dir)
{
	char *cache = xasprintf("%s/cache/download", t->root);
	bool is = dir && (!path_under(dir, t->root) || fs_is_dir(cache));

	free(cache);
	return is;
}

bool apply_make_dir(struct apply *t, const char *const dirs[2], struct err *e)
{
	struct err first = ERR_INIT;
	bool ok = make_dir_in(t, dirs[0], dirs[1], &first) ||
		  (is_place(t, dirs[1]) && make_dir_in(t, dirs[1], dirs[0], NULL));

	if (!ok)
		err_move(e, &first);
	err_release(&first);
	return ok;
}

static bool lock_at_once(int fd, bool to_write)
{
	while (flock(fd, (to_write ? LOCK_EX : LOCK_SH) | LOCK_NB))
		if (errno != EINTR)
			return errno != EWOULDBLOCK; /* a file system without locks */
	return true;
}

/* A reader holds the journal's lock only for a moment. */
static bool lock_soon(int fd, bool to_write)
{
	const struct timespec pause = { 0, WAIT_STEP * 1000000L };

	for (unsigned i = 0; i < WAIT_STEPS; i++) {
		if (lock_at_once(fd, to_write))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

int apply_open_journal(const char *dir, const char *id, bool to_write, struct err *e)
{
	char *file = xasprintf("%s/journal", dir);
	int fd = open(file, (to_write ? O_RDWR | O_APPEND : O_RDONLY) | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		err_sys(e, errno, "open %s", file);
	} else if (!lock_soon(fd, to_write)) {
		err_set(e, ERR_REFUSED, "%s: another process is still working on this change", id);
		close(fd);
		fd = -1;
	} else if (fstat(fd, &st) == 0 && st.st_nlink == 0) {
		err_set(e, ERR_NOT_FOUND, "%s: no such change in the quarantine", id);
		close(fd);
		fd = -1;
	}
	free(file);
	return fd;
}

bool apply_is_running(const char *dir)
{
	char *file = xasprintf("%s/journal", dir);
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool running = fd >= 0 && !lock_at_once(fd, false);

	if (fd >= 0)
		close(fd);
	free(file);
	return running;
}

/* What a killed apply_forget has left. */
static void sweep(const char *place)
{
	struct arena a = ARENA_INIT;
	struct fs_dirent *entries;
	size_t n = 0;

	if (fs_list(&a, place, MAX_HISTORY, &entries, &n, NULL))
		for (size_t i = 0; i < n; i++)
			if (str_has_prefix(entries[i].name, GONE))
				fs_remove_all(arena_fmt(&a, "%s/%s", place, entries[i].name), NULL);
	arena_release(&a);
}

/* Renamed first: a half-removed change must not look as if it could be undone. */
bool apply_remove_dir(const char *dir, struct err *e)
{
	struct arena a = ARENA_INIT;
	const char *name = strrchr(dir, '/') + 1;
	const char *gone = arena_fmt(&a, "%.*s" GONE "%s", (int)(name - dir), dir, name);
	bool renamed = rename(dir, gone) == 0, ok = fs_remove_all(renamed ? gone : dir, e);

	sweep(arena_strndup(&a, dir, (size_t)(name - dir)));
	arena_release(&a);
	return ok;
}
