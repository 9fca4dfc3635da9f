#include "parts/watch.h"

#include <errno.h>
#include <unistd.h>

#include "base/map.h"
#include "parts/watch_stamp.h"

#ifdef HAVE_INOTIFY_INIT1
#include <sys/inotify.h>
#endif

#define LOOK_MS 500
#define SOON_MS 3
#define LOOK_MAX ((size_t)64) /* calls of stat at once: a key may have to wait for them */
#define LOOKS_FEW 32

struct entry {
	char *path;
	char *dir, *name; /* name NULL: the whole directory */
	unsigned tag;
	unsigned round; /* the last round that added it */
	int wd;		/* of inotify; -1: polled */
	bool quiet;	/* always polled */
	enum watch_blind blind;
	struct watch_stamp home;  /* of dir, when it was given to inotify */
	struct watch_stamp stamp; /* of path; of a directory only while it is polled */
};

/* Entries in one directory share an inotify descriptor, and its events concern all of them. */
struct descriptor {
	int wd;
	uint32_t entry;
};

struct watch {
	int fd;
	VEC(struct entry) entries;
	struct map by_path; /* index + 1 */
	unsigned round;
	size_t n_round;		      /* entries of this round */
	VEC(struct descriptor) by_wd; /* sorted, while the entries are unchanged */
	bool sorted;
	size_t looked;	/* the next entry to look at */
	unsigned looks; /* of this round, each at a part of the entries */
	int rest;	/* milliseconds until the next round */
};

struct watch *watch_new(bool polling)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->fd = -1;
	w->rest = LOOK_MS;
#ifdef HAVE_INOTIFY_INIT1
	if (!polling)
		w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
#else
	(void)polling;
#endif
	return w;
}

static void entry_release(struct entry *en)
{
	free(en->path);
	free(en->dir);
	free(en->name);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->entries.n; i++)
		entry_release(&w->entries.items[i]);
	vec_release(&w->entries);
	vec_release(&w->by_wd);
	map_release(&w->by_path);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}

/* Gives the directory to inotify. False: it must be polled. */
static bool hear(struct watch *w, struct entry *en)
{
#ifdef HAVE_INOTIFY_INIT1
	en->blind = w->fd < 0 && !en->quiet ? WATCH_NO_INOTIFY : WATCH_SEEN;
	if (en->quiet)
		return false;
	if (w->fd >= 0 && watch_stamp_is_remote(en->dir))
		en->blind = WATCH_REMOTE;
	if (en->blind != WATCH_SEEN)
		return false;
	en->wd = inotify_add_watch(w->fd, en->dir,
				   IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
					   IN_MOVED_TO | IN_ATTRIB | IN_MODIFY | IN_ONLYDIR);
	if (en->wd < 0 && errno == ENOSPC)
		en->blind = WATCH_NO_WATCHES;
	return en->wd >= 0;
#else
	(void)w;
	en->blind = WATCH_NO_INOTIFY;
	return false;
#endif
}

/* After hear(), so that no change in between is missed. */
static size_t take_stamps(struct entry *en, bool files)
{
	if (en->wd >= 0)
		watch_stamp_take(&en->home, en->dir, false);
	return watch_stamp_take(&en->stamp, en->path, files);
}

static void begin_entry(struct watch *w, struct entry *en)
{
	bool heard = hear(w, en);

	take_stamps(en, !heard);
}

static void renew(struct watch *w, struct entry *en, unsigned tag)
{
	en->tag = en->round == w->round ? en->tag | tag : tag;
	w->n_round += en->round != w->round;
	en->round = w->round;
}

static bool add(struct watch *w, struct entry en)
{
	size_t old = (size_t)(uintptr_t)map_get(&w->by_path, en.path);

	if (old) {
		renew(w, &w->entries.items[old - 1], en.tag);
		entry_release(&en);
		return true;
	}
	if (watch_full(w)) {
		entry_release(&en);
		return false;
	}
	begin_entry(w, &en);
	en.round = w->round;
	w->n_round++;
	w->sorted = false;
	vec_push(&w->entries, en);
	map_put(&w->by_path, en.path, (void *)(uintptr_t)w->entries.n);
	return true;
}

static bool add_file(struct watch *w, const char *path, unsigned tag, bool quiet)
{
	const char *slash = strrchr(path, '/');
	struct entry en = { .path = xstrdup(path), .tag = tag, .quiet = quiet, .wd = -1 };

	if (!slash)
		en.dir = xstrdup(".");
	else
		en.dir = slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
	en.name = xstrdup(slash ? slash + 1 : path);
	return add(w, en);
}

bool watch_add(struct watch *w, const char *path, unsigned tag)
{
	return add_file(w, path, tag, false);
}

bool watch_add_quiet(struct watch *w, const char *path, unsigned tag)
{
	return add_file(w, path, tag, true);
}

bool watch_add_dir(struct watch *w, const char *path, unsigned tag)
{
	return add(w, (struct entry){
			      .path = xstrdup(path), .dir = xstrdup(path), .tag = tag, .wd = -1 });
}

void watch_begin(struct watch *w)
{
	w->round++;
	w->n_round = 0;
}

bool watch_full(const struct watch *w)
{
	return w->n_round >= WATCH_MAX;
}

#ifdef HAVE_INOTIFY_INIT1
static int by_descriptor(const void *va, const void *vb)
{
	const struct descriptor *a = va, *b = vb;

	return a->wd < b->wd ? -1 : a->wd > b->wd;
}

static void sort_descriptors(struct watch *w)
{
	if (w->sorted)
		return;
	w->by_wd.n = 0;
	for (size_t i = 0; i < w->entries.n; i++)
		vec_push(&w->by_wd, (struct descriptor){ w->entries.items[i].wd, (uint32_t)i });
	if (w->by_wd.n)
		qsort(w->by_wd.items, w->by_wd.n, sizeof(*w->by_wd.items), by_descriptor);
	w->sorted = true;
}

/* The first of by_wd with that descriptor; by_wd.n if there is none. */
static size_t first_of(const struct watch *w, int wd)
{
	size_t lo = 0, hi = w->by_wd.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->by_wd.items[mid].wd < wd)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < w->by_wd.n && w->by_wd.items[lo].wd == wd ? lo : w->by_wd.n;
}

static void remove_watch(struct watch *w, int wd)
{
	inotify_rm_watch(w->fd, wd);
}

/* Removes the descriptors that no entry uses any more. */
static void remove_watches(struct watch *w, const int *wds, size_t n)
{
	sort_descriptors(w);
	for (size_t i = 0; i < n; i++)
		if (first_of(w, wds[i]) == w->by_wd.n)
			remove_watch(w, wds[i]);
}
#else
static void remove_watch(struct watch *w, int wd)
{
	(void)w, (void)wd;
}

static void remove_watches(struct watch *w, const int *wds, size_t n)
{
	(void)w, (void)wds, (void)n;
}
#endif

static void drop_old(struct watch *w)
{
	VEC(int) dropped = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < w->entries.n; i++) {
		struct entry *en = &w->entries.items[i];

		if (en->round == w->round) {
			w->entries.items[kept++] = *en;
			continue;
		}
		if (en->wd >= 0)
			vec_push(&dropped, en->wd);
		entry_release(en);
	}
	w->entries.n = kept;
	w->sorted = false;
	remove_watches(w, dropped.items, dropped.n);
	vec_release(&dropped);
}

void watch_end(struct watch *w)
{
	if (w->n_round == w->entries.n)
		return;
	drop_old(w);
	map_clear(&w->by_path);
	for (size_t i = 0; i < w->entries.n; i++)
		map_put(&w->by_path, w->entries.items[i].path, (void *)(uintptr_t)(i + 1));
}

int watch_fd(const struct watch *w)
{
	return w->fd;
}

int watch_interval(const struct watch *w)
{
	return w->looked ? SOON_MS : w->rest;
}

#ifdef HAVE_INOTIFY_INIT1
/* What an event has told is not told again by the next look. */
static void take_told(struct entry *en, bool gone)
{
	if (gone)
		memset(&en->stamp, 0, sizeof(en->stamp));
	else if (en->name)
		watch_stamp_take(&en->stamp, en->path, false);
}

static unsigned event_tags(struct watch *w, const struct inotify_event *ev)
{
	bool lost = ev->mask & IN_Q_OVERFLOW; /* anything may have changed */
	bool gone = ev->mask & IN_IGNORED;    /* the directory, or its file system */
	unsigned tags = 0;

	for (size_t i = lost ? 0 : first_of(w, ev->wd);
	     i < w->by_wd.n && (lost || w->by_wd.items[i].wd == ev->wd); i++) {
		struct entry *en = &w->entries.items[w->by_wd.items[i].entry];

		if (gone) {
			en->wd = -1;
			w->sorted = false;
		}
		if (lost || gone || !en->name || (ev->len && str_eq(en->name, ev->name))) {
			tags |= en->tag;
			take_told(en, gone);
		}
	}
	return tags;
}

static unsigned take_events(struct watch *w)
{
	_Alignas(struct inotify_event) char buf[16384];
	unsigned tags = 0;
	ssize_t n;

	sort_descriptors(w);
	while ((n = read(w->fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *ev =
				(const struct inotify_event *)(void *)(buf + at);

			tags |= event_tags(w, ev);
			at += (ssize_t)(sizeof(*ev) + ev->len);
		}
	}
	return tags;
}
#endif

/*
 * inotify does not tell of changes by another name of a file (a link to it, a mount of it, a map of its pages), so a file is looked at
 * all the same; and of a directory that is another one now: replaced, or below a new mount.
 */
static unsigned look_at(struct watch *w, struct entry *en, size_t *calls)
{
	bool heard = en->wd >= 0, moved = heard && watch_stamp_is_other(&en->home, en->dir);
	struct watch_stamp old = en->stamp;

	*calls += heard;
	if (heard && !moved && !en->name)
		return 0;
	if (moved) {
		remove_watch(w, en->wd);
		en->wd = -1;
		w->sorted = false;
	}
	if (en->wd < 0 && hear(w, en))
		w->sorted = false;
	*calls += take_stamps(en, !heard || moved);
	return !moved && watch_stamp_equal(&en->stamp, &old) ? 0 : en->tag;
}

unsigned watch_look(struct watch *w)
{
	unsigned tags = 0;
	size_t calls = 0;

	w->looks++;
	while (w->looked < w->entries.n && calls < LOOK_MAX)
		tags |= look_at(w, &w->entries.items[w->looked++], &calls);
	if (w->looked < w->entries.n)
		return tags;
	w->rest = w->looks > LOOKS_FEW ? 2 * LOOK_MS : LOOK_MS;
	w->looked = w->looks = 0;
	return tags;
}

unsigned watch_look_all(struct watch *w)
{
	unsigned tags = 0;

	w->looked = w->looks = 0;
	do
		tags |= watch_look(w);
	while (w->looked);
	return tags;
}

size_t watch_polled(const struct watch *w, enum watch_blind why)
{
	size_t n = 0;

	for (size_t i = 0; i < w->entries.n; i++)
		n += w->entries.items[i].wd < 0 && w->entries.items[i].blind == why;
	return n;
}

unsigned watch_take(struct watch *w)
{
#ifdef HAVE_INOTIFY_INIT1
	if (w->fd >= 0)
		return take_events(w);
#endif
	return watch_look(w);
}
